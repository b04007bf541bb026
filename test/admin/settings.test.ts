import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readFields, writeFields } from '../../src/admin/settingFields.ts';
import { settingForms } from '../../src/admin/settingForms.ts';
import { receiptIssuer, receiptTexts, topupLimits } from '../../src/core/money/settings.ts';
import { defaultQuietHours } from '../../src/core/notices/settings.ts';
import { rentalReminders, rentalTerms } from '../../src/core/rental/settings.ts';
import { readSetting } from '../../src/core/setting.ts';
import { hasText, languages } from '../../src/core/text/text.ts';
import { auditOf } from '../support/money.ts';
import { colleague, firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';

const EVIL = `<img src=x onerror=alert(1)>"'><script>x</script></textarea><b>`;

let served: ServedPanel;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;
beforeAll(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
});
afterAll(() => served.close());
beforeEach(() => {
  browser = visitor(served.origin, owner.token);
});

const LIMITS = '/admin/settings/topup.limits';
const TEXTS = '/admin/settings/receipt.texts';
const limits = { minSatang: '20', maxSatang: '50,000', expiryMinutes: '15', mostPending: '3', requestsAMinute: '10' };

/** Everything a form of the page would send, the version included. */
async function formOf(page: string, who = browser): Promise<Record<string, string>> {
  const version = /name="version" value="(\d+)"/.exec((await who.get(page)).text)?.[1] ?? '';
  return { ...(await who.keys(page)), version };
}

async function change(page: string, fields: Record<string, string>, who = browser) {
  const form = { ...(await formOf(page, who)), ...fields };
  const reviewed = await who.post(`${page}/review`, form);
  return { form, reviewed, saved: reviewed.status === 200 ? await who.post(page, form) : reviewed };
}

const problemOf = (text: string, field: string) => new RegExp(`id="${field}-problem">([^<]+)`).exec(text)?.[1];

describe('every described setting', () => {
  test.each(settingForms)(
    '$setting.key has its words in both languages, and none of its fields is forgotten',
    (form) => {
      const { setting, fields } = form;
      expect(fields.map(({ name }) => name).sort()).toEqual(Object.keys(setting.fallback).sort());
      const keys = [`set_${setting.key}`, `set_${setting.key}_about`];
      for (const field of fields) {
        keys.push(`set_${setting.key}_${field.name}`);
        if (field.kind === 'choice')
          keys.push(...field.among.map((value) => `set_${setting.key}_${field.name}_${value}`));
      }
      for (const language of languages)
        for (const key of keys) expect([key, hasText(language, `panel.${key}`)]).toEqual([key, true]);
    },
  );

  test.each(settingForms)('$setting.key comes back from its inputs as it went in', (form) => {
    const texts = writeFields(form, form.setting.fallback);
    const value = readFields(form, (name) => texts[name] ?? '');
    expect(form.setting.schema.parse(value)).toEqual(form.setting.fallback);
  });
});

test('a change is shown before it holds, and holds when it is saved', async () => {
  const { form, reviewed, saved } = await change(LIMITS, { ...limits, minSatang: '๓๐.๕๐', expiryMinutes: '20' });
  expect(reviewed.text).toMatch(/Smallest amount[\s\S]*฿20\.00[\s\S]*฿30\.50[\s\S]*15 minutes[\s\S]*20 minutes/);
  expect(reviewed.text).not.toMatch(/<ins>฿50,000/);
  expect([saved.status, saved.location]).toEqual([303, `${LIMITS}?done=setting_saved`]);
  expect(await readSetting(owner.ctx, topupLimits)).toMatchObject({ minSatang: 30_50n, expiryMinutes: 20 });
  const again = await Promise.all([browser.post(LIMITS, form), browser.post(LIMITS, form)]);
  expect(again.map(({ location }) => location)).toEqual(Array(2).fill(`${LIMITS}?done=setting_saved`));
  expect(await auditOf(served.world, 'setting:topup.limits')).toEqual(['setting.changed']);
});

test.each([
  [LIMITS, { ...limits, minSatang: '0x10' }, 'minSatang', /Write an amount in baht/],
  [LIMITS, { ...limits, minSatang: '0' }, 'minSatang', /More than ฿0\.00/],
  [LIMITS, { ...limits, minSatang: '60,000' }, 'minSatang', /smallest amount is above the largest/],
  [LIMITS, { ...limits, maxSatang: '10,000,000,000' }, 'maxSatang', /At most ฿9,999,999,999\.99/],
  [LIMITS, { ...limits, expiryMinutes: '1.5' }, 'expiryMinutes', /Write a whole number/],
  [LIMITS, { ...limits, expiryMinutes: '0' }, 'expiryMinutes', /At least 1 minutes/],
  [LIMITS, { ...limits, mostPending: '' }, 'mostPending', /Write a whole number/],
  ['/admin/settings/receipt.issuer', { name: '  ', address: '', taxId: '', vatPercent: '' }, 'name', /empty/],
  ['/admin/settings/receipt.issuer', { name: 'A', address: '', taxId: '12', vatPercent: '' }, 'taxId', /13 digits/],
  ['/admin/settings/receipt.issuer', { name: 'A', address: '', taxId: '', vatPercent: 'x' }, 'vatPercent', /whole/],
  ['/admin/settings/receipt.issuer', { name: 'A', address: '', taxId: '', vatPercent: '31' }, 'vatPercent', /30 %/],
  [TEXTS, { footerTh: 'ก'.repeat(501), footerEn: '' }, 'footerTh', /At most 500 characters/],
  ['/admin/settings/notices.quiet_hours', { fromMinute: '25:00', toMinute: '07:00' }, 'fromMinute', /such as 22:00/],
  ['/admin/settings/notices.quiet_hours', { fromMinute: '22:00', toMinute: '' }, 'toMinute', /both times/],
  ['/admin/settings/notices.quiet_hours', { fromMinute: '07:00', toMinute: '7:00' }, 'toMinute', /different times/],
  ['/admin/settings/rental.terms', { graceDays: '31' }, 'graceDays', /At most 28 days/],
  ['/admin/settings/rental.reminders', { sent: 'perhaps' }, 'sent', /Choose one/],
])('%s refuses %j beside the field %s', async (page, fields, field, words) => {
  const form = { ...(await formOf(page)), ...fields };
  for (const path of [`${page}/review`, page]) {
    const answer = await browser.post(path, form);
    expect(answer.status).toBe(422);
    expect(problemOf(answer.text, field)).toMatch(words);
    const kept = Object.entries(fields).find(([name, value]) => name !== field && value !== '');
    if (kept) expect(answer.text).toContain(kept[1].slice(0, 400));
  }
});

test('every kind of field is stored as it is meant', async () => {
  const save = async (key: string, fields: Record<string, string>) =>
    expect((await change(`/admin/settings/${key}`, fields)).saved.status, key).toBe(303);
  await save('receipt.issuer', {
    name: ' ABT  & Co ',
    address: 'Bangkok\r\n10110',
    taxId: '0105561000000',
    branch: '00003',
    vatPercent: '7 %',
  });
  const address = 'Bangkok\n10110';
  expect(await readSetting(owner.ctx, receiptIssuer)).toEqual({
    name: 'ABT  & Co',
    address,
    taxId: '0105561000000',
    branch: '00003',
    vatPercent: 7,
  });
  await save('receipt.issuer', { name: 'ABT', address: '', taxId: '', vatPercent: '' });
  expect((await readSetting(owner.ctx, receiptIssuer)).vatPercent).toBeNull();
  await save('notices.quiet_hours', { fromMinute: '22:00', toMinute: '๐๗:๓๐' });
  expect(await readSetting(owner.ctx, defaultQuietHours)).toEqual({ fromMinute: 1320, toMinute: 450 });
  await save('notices.quiet_hours', { fromMinute: '', toMinute: '' });
  expect(await readSetting(owner.ctx, defaultQuietHours)).toEqual({ fromMinute: null, toMinute: null });
  await save('rental.terms', { graceDays: '0' });
  expect(await readSetting(owner.ctx, rentalTerms)).toEqual({ graceDays: 0 });
  await save('rental.reminders', { sent: 'false' });
  expect(await readSetting(owner.ctx, rentalReminders)).toEqual({ sent: false });
});

test('an edit on a page that somebody else has overtaken shows who did, what holds now, and can then be made', async () => {
  const { token } = await colleague(served.world, owner, 'manager', 'Niran');
  const other = visitor(served.origin, token);
  const mine = { ...(await formOf(TEXTS)), footerTh: 'ของฉัน', footerEn: 'mine' };
  expect((await change(TEXTS, { footerTh: 'ของเขา', footerEn: 'theirs' }, other)).saved.status).toBe(303);
  for (const path of [`${TEXTS}/review`, TEXTS]) {
    const stale = await browser.post(path, mine);
    expect(stale.status).toBe(409);
    expect(stale.text).toMatch(/Niran changed this at/);
    expect(stale.text).toMatch(/Stored now: theirs/);
    expect(stale.text).toContain('>mine</textarea>');
  }
  expect(await readSetting(owner.ctx, receiptTexts)).toMatchObject({ footerEn: 'theirs' });
  const stale = await browser.post(TEXTS, mine);
  const version = /name="version" value="(\d+)"/.exec(stale.text)?.[1] ?? '';
  expect((await browser.post(TEXTS, { ...mine, version })).status).toBe(303);
  expect(await readSetting(owner.ctx, receiptTexts)).toMatchObject({ footerEn: 'mine' });
});

test('of two operators who save at once one is told', async () => {
  const { token } = await colleague(served.world, owner, 'manager', 'Arun');
  const other = visitor(served.origin, token);
  const [mine, theirs] = [await formOf(TEXTS), await formOf(TEXTS, other)];
  const answers = await Promise.all([
    browser.post(TEXTS, { ...mine, footerTh: '1', footerEn: 'one' }),
    other.post(TEXTS, { ...theirs, footerTh: '2', footerEn: 'two' }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
});

test('nothing is written without a fresh proof, and nothing changes when nothing was changed', async () => {
  const form = { ...(await formOf(TEXTS)), footerTh: 'with proof', footerEn: '' };
  served.world.clock.pass(11 * 60_000);
  const asked = await browser.post(`${TEXTS}/review`, form);
  expect(asked.text).toContain('name="proof"');
  const without = await browser.post(TEXTS, form);
  expect([without.status, problemOf(without.text, 'proof') !== undefined]).toEqual([403, true]);
  expect(without.text).toContain('with proof'); // the review stays
  expect((await browser.post(TEXTS, { ...form, proof: 'guess' })).status).toBe(401);
  expect((await browser.post(TEXTS, { ...form, proof: PASSWORD })).status).toBe(303);
  const same = { ...(await formOf(TEXTS)), footerTh: 'with proof', footerEn: '' };
  expect((await browser.post(`${TEXTS}/review`, same)).text).toContain('Nothing changes');
});

test('the history names who changed what, and goes on page by page', async () => {
  const page = '/admin/settings/rental.terms';
  for (let n = 1; n <= 22; n++) expect((await change(page, { graceDays: String(n) })).saved.status).toBe(303);
  const first = (await browser.get(page)).text;
  expect(first).toMatch(/Malee[\s\S]*<del>21 days<\/del> → <ins>22 days<\/ins>/);
  expect(first).not.toContain('<ins>1 days</ins>');
  const next = /rel="next" href="([^"]+)"/.exec(first)?.[1] ?? '';
  expect((await browser.get(page + next)).text).toMatch(/<ins>1 days<\/ins>/);
  for (const odd of ['?before=x', '?before=999999999999999999', '?before=-1'])
    expect((await browser.get(page + odd)).status).toBe(200);
});

test('an auditor reads settings and their history and finds no form; support finds no page', async () => {
  const auditor = visitor(served.origin, (await colleague(served.world, owner, 'auditor')).token);
  for (const page of ['/admin/settings', LIMITS]) {
    const { status, text } = await auditor.get(page);
    expect([status, /\/review"/.test(text), text.includes('Smallest amount')]).toEqual([200, false, true]);
  }
  const support = visitor(served.origin, (await colleague(served.world, owner, 'support')).token);
  expect((await support.get('/admin/settings')).status).toBe(403);
  expect((await support.get('/admin')).text).not.toContain('href="/admin/settings"');
});

test('what is typed into a setting is shown as text, on every page and in every field', async () => {
  const { reviewed, saved } = await change(TEXTS, { footerTh: EVIL, footerEn: EVIL });
  expect(saved.status).toBe(303);
  const wrong = await browser.post(`${LIMITS}/review`, { ...(await formOf(LIMITS)), ...limits, minSatang: EVIL });
  const texts = [reviewed.text, wrong.text];
  for (const page of ['/admin/settings', TEXTS, '/admin/audit']) texts.push((await browser.get(page)).text);
  const stale = await browser.post(TEXTS, { ...(await formOf(TEXTS)), version: '0', footerTh: EVIL, footerEn: 'x' });
  expect(stale.status).toBe(409);
  for (const text of [...texts, stale.text]) {
    expect(text).not.toMatch(/<img src=x|<script>x|<\/textarea><b>/);
    expect(text).toContain('&lt;img src=x');
  }
});

test('odd addresses and forms find nothing and break nothing', async () => {
  for (const key of ['nothing', '%00', 'constructor', '__proto__'])
    expect((await browser.get(`/admin/settings/${key}`)).status, key).toBe(404);
  for (const version of ['', 'x', '-1', '1e9'])
    expect((await browser.post(LIMITS, { ...(await formOf(LIMITS)), ...limits, version })).status).toBe(403); // form.stale
  expect(served.world.log.lines.filter((line) => line.startsWith('a page'))).toEqual([]);
});
