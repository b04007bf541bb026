import { adjustmentLimit, receiptIssuer, receiptTexts, topupLimits } from '../core/money/settings.ts';
import { defaultQuietHours } from '../core/notices/settings.ts';
import { houseRates } from '../core/portfolio/settings.ts';
import { rentalReminders, rentalTerms } from '../core/rental/settings.ts';
import type { Setting } from '../core/setting.ts';

/**
 * How a field is typed and shown. `baht` is satang in the value, `time` minutes of the Bangkok day; the `optional` ones
 * are null when nothing is typed.
 */
export type FieldKind =
  | { kind: 'baht' | 'integer' | 'text' | 'long_text' }
  | { kind: 'percent' | 'time'; optional: boolean }
  | { kind: 'choice'; among: readonly (string | boolean)[] };

/** A setting as a form. The schema of the setting judges what was typed; this says only how it is read and drawn. */
export interface SettingForm {
  setting: Setting<object>;
  fields: readonly (FieldKind & { name: string })[];
}

const form = <T extends object>(setting: Setting<T>, fields: { [K in keyof T & string]: FieldKind }): SettingForm => ({
  setting,
  fields: Object.entries<FieldKind>(fields).map(([name, kind]) => ({ name, ...kind })),
});

/**
 * Every setting that operators may change. A new one needs a line here and its words: `panel-set_<key>` with `_about`,
 * and for each field `panel-set_<key>_<field>`, where wanted with `_hint`, `_unit` and for a choice `_<value>`.
 */
export const settingForms: readonly SettingForm[] = [
  form(topupLimits, {
    minSatang: { kind: 'baht' },
    maxSatang: { kind: 'baht' },
    expiryMinutes: { kind: 'integer' },
    mostPending: { kind: 'integer' },
    requestsAMinute: { kind: 'integer' },
  }),
  form(receiptIssuer, {
    name: { kind: 'text' },
    address: { kind: 'long_text' },
    taxId: { kind: 'text' },
    branch: { kind: 'text' },
    vatPercent: { kind: 'percent', optional: true },
  }),
  form(receiptTexts, { footerTh: { kind: 'long_text' }, footerEn: { kind: 'long_text' } }),
  form(adjustmentLimit, { aloneSatang: { kind: 'baht' } }),
  form(defaultQuietHours, {
    fromMinute: { kind: 'time', optional: true },
    toMinute: { kind: 'time', optional: true },
  }),
  form(rentalTerms, { graceDays: { kind: 'integer' } }),
  form(houseRates, {
    usdtInThb: { kind: 'text' },
    usdtInUsd: { kind: 'text' },
    validDays: { kind: 'integer' },
  }),
  form(rentalReminders, { sent: { kind: 'choice', among: [true, false] } }),
];
