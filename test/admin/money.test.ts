import { count, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readBalances } from '../../src/core/money/ledger.ts';
import { recordGatewayEvent } from '../../src/core/money/settle.ts';
import { requestTopup } from '../../src/core/money/topup.ts';
import { readFigures } from '../../src/core/ops/figures.ts';
import { auditEntry, suspense } from '../../src/core/tables.ts';
import { colleague, firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';
import { paid } from '../support/world.ts';

const EVIL = `<img src=x onerror=alert(1)>"'><script>x</script>`;

let served: ServedPanel;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;
let keys = 0;

beforeAll(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
});
afterAll(() => served.close());
beforeEach(() => {
  browser = visitor(served.origin, owner.token);
});

async function opened(name = 'Somsri', amountSatang = 500_00n) {
  keys += 1;
  const { userId } = await served.world.person(name);
  const ctx = served.world.ctx({ kind: 'user', userId });
  const { topup } = await requestTopup(ctx, { userId, amountSatang, requestKey: `key-${keys}` });
  const wallet = async () => (await readBalances(ctx, userId)).walletSatang;
  return { userId, topup, wallet, page: `/admin/payments/${topup.id}` };
}

const event = (reference: string, amountSatang: bigint, chargeId: string) =>
  recordGatewayEvent(
    served.world.ctx({ kind: 'gateway', provider: 'hook' }),
    'hook',
    paid(reference, amountSatang, { chargeId, eventId: chargeId }),
  );

async function held(reference: string, chargeId: string, amountSatang = 75_00n) {
  await event(reference, amountSatang, chargeId);
  const { text } = await browser.get('/admin/suspense');
  const [, page = ''] = new RegExp(`${reference}[\\s\\S]*?href="(/admin/suspense/sus_[^"]+)`).exec(text) ?? [];
  return page;
}

test('a top-up is settled by hand once, however often the form is sent, and audited with the operator', async () => {
  const { topup, wallet, page } = await opened();
  const form = { ...(await browser.keys(page)), amount: '500', charge: 'KBANK-1', reason: 'seen at the bank' };
  const answers = await Promise.all([1, 2, 3].map(() => browser.post(`${page}/settle`, form)));
  expect(answers.map((answer) => answer.location)).toEqual(Array(3).fill(`${page}?done=settle`));
  expect(await wallet()).toBe(500_00n);
  const lines = await owner.ctx.db.select().from(auditEntry).where(eq(auditEntry.subject, topup.id));
  expect(lines).toContainEqual(
    expect.objectContaining({ action: 'topup.settled_by_hand', actor: `operator:${owner.id}` }),
  );
  const audit = await browser.get(`/admin/audit?subject=${topup.id}`);
  expect(audit.text).toMatch(/Malee<br>/);
});

test('what is wrong stands beside its field, and what was typed stays', async () => {
  const { wallet, page } = await opened();
  const form = { amount: '500', charge: 'KBANK-2', reason: 'because' };
  for (const [field, value, words] of [
    ['amount', 'five hundred', /not an amount I understand/],
    ['amount', '0', /not an amount/],
    ['reason', '  ', /A reason is needed/],
    ['reason', 'x'.repeat(501), /at most 500/],
    ['charge', '', /This field is empty/], // argument.required
    ['charge', 'KBANK-1', /recorded already/],
  ] as const) {
    const answer = await browser.send(page, `${page}/settle`, { ...form, [field]: value });
    expect(answer.status, field).toBeGreaterThanOrEqual(409);
    const [, problem = ''] = new RegExp(`id="${field}-problem">([^<]+)`).exec(answer.text) ?? [];
    expect(problem).toMatch(words);
    expect(answer.text).toContain(field === 'amount' ? 'value="because"' : 'value="500"');
  }
  expect(await wallet()).toBe(0n);
});

test('money moves only with a fresh proof, asked for in the form itself', async () => {
  const { wallet, page } = await opened();
  served.world.clock.pass(11 * 60_000);
  expect((await browser.get(page)).text).toContain('name="proof"');
  const form = { amount: '500', charge: 'KBANK-3', reason: 'seen' };
  expect((await browser.send(page, `${page}/settle`, form)).text).toMatch(/id="proof-problem">Moving money needs/);
  const wrong = await browser.send(page, `${page}/settle`, { ...form, proof: 'guess' });
  expect([wrong.status, await wallet()]).toEqual([401, 0n]);
  expect((await browser.send(page, `${page}/settle`, { ...form, proof: PASSWORD })).status).toBe(303);
  expect(await wallet()).toBe(500_00n);
  expect((await browser.get(page)).text).not.toContain('name="proof"');
});

test('a refund is made once per form, and not of more than the wallet holds', async () => {
  const { topup, wallet, page } = await opened();
  await event(topup.reference, 500_00n, 'chg-refund');
  const form = { ...(await browser.keys(page)), amount: '200', reason: 'by mistake', charge: '0 chg-refund' };
  for (let n = 0; n < 3; n++) expect((await browser.post(`${page}/refund`, form)).status).toBe(303);
  expect(await wallet()).toBe(300_00n);
  const more = await browser.send(page, `${page}/refund`, {
    amount: '300.01',
    reason: 'more',
    charge: '20000 chg-refund',
  });
  expect([more.status, /id="amount-problem"/.test(more.text)]).toEqual([409, true]);
  // A page drawn before the first refund does not know of it; without a charge or a form of ours nothing moves.
  const stale = await browser.send(page, `${page}/refund`, { amount: '100', reason: 'again', charge: '0 chg-refund' });
  expect([stale.status, stale.text.includes('refunded meanwhile')]).toEqual([409, true]); // refund.changed
  const which = await browser.send(page, `${page}/refund`, { amount: '100', reason: 'again' });
  expect([which.status, which.text.includes('Say which payment')]).toEqual([422, true]); // refund.which_charge
  const keyless = { amount: '100', reason: 'again', charge: '20000 chg-refund', request_key: '' };
  const old = await browser.send(page, `${page}/refund`, keyless);
  expect(old.text).toContain('This form is too old'); // form.stale
  expect(await wallet()).toBe(300_00n);
  const story = (await browser.get(page)).text;
  for (const words of ['chg-refund', 'by mistake', 'partly refunded']) expect(story).toContain(words);
});

test('held money goes to the top-up or person an operator names, or back', async () => {
  const { topup, wallet, userId } = await opened('Niran', 75_00n);
  const one = await held('TU0000000001', 'stray-1');
  const unknown = await browser.send(one, `${one}/match`, { owner: 'TU0000000009', reason: 'slip seen' });
  expect([unknown.status, /id="owner-problem"/.test(unknown.text)]).toEqual([404, true]);
  const matched = await browser.send(one, `${one}/match`, {
    owner: ` ${topup.reference.toLowerCase()} `,
    reason: 'slip',
  });
  expect([matched.location, await wallet()]).toEqual(['/admin/suspense?done=match', 75_00n]);
  expect((await browser.send(one, `${one}/match`, { owner: userId, reason: 'again' })).status).toBe(409);
  const two = await held('TU0000000002', 'stray-2');
  await browser.send(two, `${two}/match`, { owner: userId, reason: 'told us' });
  expect(await wallet()).toBe(150_00n);
  const three = await held('TU0000000003', 'stray-3');
  const back = await browser.send(three, `${three}/return`, { reason: 'sent back' });
  expect(back.location).toBe('/admin/suspense?done=return');
  const [open] = await owner.ctx.db.select({ n: count() }).from(suspense).where(eq(suspense.status, 'open'));
  expect(open?.n).toBe(0);
});

test('support and auditor see a payment and find no form to move it', async () => {
  const { page } = await opened();
  for (const role of ['support', 'auditor'] as const) {
    const { token } = await colleague(served.world, owner, role);
    const { status, text } = await visitor(served.origin, token).get(page);
    expect([status, /data-act=/.test(text)]).toEqual([200, false]);
  }
});

test('what users write is shown as text, on every page and in every field', async () => {
  const { userId, page } = await opened(EVIL);
  await event(EVIL.slice(0, 60), 10_00n, EVIL);
  const operator = await colleague(served.world, owner, 'support', EVIL);
  const evil = visitor(served.origin, operator.token);
  await browser.send(page, `${page}/settle`, { amount: '500', charge: `${EVIL}2`, reason: EVIL });
  const sus = (await browser.get('/admin/suspense')).text.match(/\/admin\/suspense\/sus_\w+/)?.[0] ?? '';
  const query = encodeURIComponent(EVIL);
  const pages = [page, sus, '/admin/suspense', '/admin/operators', '/admin/account', '/admin/audit', '/admin'];
  const searches = [
    `/admin/payments?text=${query}&status=${query}&from=${query}`,
    `/admin/audit?actor=${query}&before=1`,
  ];
  const asked = [...pages, ...searches, `/admin/payments?text=${userId}`, `/admin?done=${query}`, `/admin/${query}`];
  for (const path of asked) {
    const answer = await browser.get(path);
    expect(answer.text, path).not.toMatch(/<img src=x|<script>x/);
  }
  expect((await evil.get('/admin/account')).text).not.toMatch(/<img src=x|<script>x/);
  const typed = await browser.send(page, `${page}/refund`, { amount: EVIL, reason: EVIL });
  expect(typed.text).toContain('&lt;img src=x');
  expect(typed.text).not.toMatch(/<img src=x|<script>x/);
});

test('odd addresses find nothing and break nothing', async () => {
  for (const path of ['/admin/payments/%00', '/admin/suspense/%00', '/admin/payments/top_x'])
    expect((await browser.get(path)).status, path).toBe(404);
  for (const path of ['/admin/payments?page=-1&text=%00', '/admin/payments?page=1e9&text=%25', '/admin/audit?before=x'])
    expect((await browser.get(path)).status, path).toBe(200);
  expect(served.world.log.lines.filter((line) => line.startsWith('a page'))).toEqual([]);
});

test('payments are filtered and paged in the database', async () => {
  const { userId } = await served.world.person('Many');
  const ctx = served.world.ctx({ kind: 'user', userId });
  for (let n = 0; n < 26; n++) {
    served.world.clock.pass(61_000 * 16);
    await requestTopup(ctx, { userId, amountSatang: 100_00n, requestKey: `many-${n}` });
  }
  owner.code();
  const { token } = await reenter();
  browser = visitor(served.origin, token);
  const rows = async (path: string) =>
    (await browser.get(path)).text.match(/href="\/admin\/payments\/top_/g)?.length ?? 0;
  expect(await rows('/admin/payments?text=many')).toBe(25);
  const [, next = ''] = /rel="next" href="([^"]+)"/.exec((await browser.get('/admin/payments?text=many')).text) ?? [];
  expect(next).toMatch(/^\?text=many&amp;before=top_/);
  expect(await rows(`/admin/payments${next.replaceAll('&amp;', '&')}`)).toBe(1);
  expect(await rows('/admin/payments?text=many&status=settled')).toBe(0);
  expect(await rows(`/admin/payments?text=${userId}&to=2026-11-20`)).toBe(0);
});

async function reenter() {
  const fresh = visitor(served.origin);
  await fresh.post('/admin/sign-in', { email: owner.email, password: PASSWORD });
  await fresh.send('/admin/second-factor', '/admin/second-factor', { code: owner.code() });
  return { token: fresh.token };
}

test('the dashboard counts what came in, and an alert that was seen is gone', async () => {
  const { token } = await reenter();
  browser = visitor(served.origin, token);
  const before = await readFigures(owner.ctx);
  const { topup } = await opened('Counted', 300_00n);
  await event(topup.reference, 350_00n, 'counted');
  const after = await readFigures(owner.ctx);
  expect(after.today.topups - before.today.topups).toBe(1);
  expect(after.today.paidSatang - before.today.paidSatang).toBe(350_00n);
  expect(after.walletSatang - before.walletSatang).toBe(350_00n);
  expect(after.today.newUsers - before.today.newUsers).toBe(1);
  const alertsOf = (text: string) => text.match(/\/admin\/alerts\/\d+\/seen"/g) ?? [];
  const [first = ''] = alertsOf((await browser.get('/admin')).text);
  const many = alertsOf((await browser.get('/admin')).text).length;
  await browser.send('/admin', first.slice(0, -1));
  expect(alertsOf((await browser.get('/admin')).text).length).toBe(many - 2);
});
