import { z } from 'zod';
import type { Setting } from '../setting.ts';

export interface DefaultQuietHours {
  /** Minutes of the Bangkok day; both null when nobody is left in peace without asking for it. */
  fromMinute: number | null;
  toMinute: number | null;
}

const minuteOfDay = z.number().int().min(0).max(1439).nullable();

/** The quiet hours of people who have not chosen their own. */
export const defaultQuietHours: Setting<DefaultQuietHours> = {
  key: 'notices.quiet_hours',
  schema: z
    .object({ fromMinute: minuteOfDay, toMinute: minuteOfDay })
    .refine(({ fromMinute, toMinute }) => (fromMinute === null) === (toMinute === null), {
      error: 'quiet hours have a beginning and an end, or neither',
      path: ['toMinute'],
      params: { rule: 'quiet_half' },
    })
    .refine(({ fromMinute, toMinute }) => fromMinute === null || fromMinute !== toMinute, {
      error: 'quiet hours begin when they end',
      path: ['toMinute'],
      params: { rule: 'quiet_empty' },
    }),
  fallback: { fromMinute: null, toMinute: null },
};
