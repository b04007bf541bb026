import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { UserId } from '../../src/core/id.ts';
import { agreeToJoin } from '../../src/core/money/join.ts';
import { readBalances } from '../../src/core/money/ledger.ts';
import { walletAdjustment } from '../../src/core/money/tables.ts';
import { requestTopup } from '../../src/core/money/topup.ts';
import { claimLink, createLinkCode } from '../../src/core/people/link.ts';
import { blockUser, readUser, unblockUser } from '../../src/core/people/user.ts';
import { adjustWallet, auditOf } from '../support/money.ts';
import { colleague, firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';

const HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', `'"--></title><svg onload=alert(1)>`];

let served: ServedPanel;
let owner: TestOperator;
let manager: TestOperator;
let browser: ReturnType<typeof visitor>;
let other: ReturnType<typeof visitor>;
let keys = 0;

beforeAll(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
  manager = await colleague(served.world, owner, 'manager', 'Nok');
});
afterAll(() => served.close());
beforeEach(() => {
  browser = visitor(served.origin, owner.token);
  other = visitor(served.origin, manager.token);
});

async function somebody(name = 'Somsri') {
  const { userId } = await served.world.person(name);
  return { userId, page: `/admin/users/${userId}` };
}

const walletOf = async (userId: UserId) => (await readBalances(owner.ctx, userId)).walletSatang;
const give = (userId: UserId, amountSatang: bigint) => {
  keys += 1;
  return adjustWallet(owner.ctx, { userId, amountSatang, reason: 'given', requestKey: `give-${keys}` });
};
const problem = (text: string, field: string) => new RegExp(`id="${field}-problem">([^<]+)`).exec(text)?.[1] ?? '';

describe('the list of people', () => {
  test('is searched and filtered, and goes on page by page', async () => {
    for (let n = 0; n < 27; n++) await somebody(`Listed ${n}`);
    const rows = (text: string) => text.match(/href="\/admin\/users\/usr_\w+"/g)?.length ?? 0;
    const first = await browser.get('/admin/users?text=listed');
    expect(rows(first.text)).toBe(25);
    const [, next = ''] = /rel="next" href="([^"]+)"/.exec(first.text) ?? [];
    const second = await browser.get(`/admin/users${next.replaceAll('&amp;', '&')}`);
    expect(rows(second.text)).toBe(2);
    expect(second.text).not.toContain('rel="next"');
    expect(second.text).toContain('rel="first" href="?text=listed"');
    expect(rows((await browser.get('/admin/users?text=listed&state=blocked')).text)).toBe(0);
    expect(rows((await browser.get('/admin/users?text=listed&chat=local')).text)).toBe(25);
    expect(rows((await browser.get('/admin/users?text=listed&chat=discord')).text)).toBe(0);
  });

  test('leads to the person from payments, top-up and suspense too', async () => {
    const { userId, page } = await somebody('Linked');
    const ctx = served.world.ctx({ kind: 'user', userId });
    const { topup } = await requestTopup(ctx, { userId, amountSatang: 100_00n, requestKey: `link-${userId}` });
    for (const path of [
      `/admin/payments?text=${userId}`,
      `/admin/payments/${topup.id}`,
      `/admin/audit?subject=${userId}`,
    ])
      expect((await browser.get(path)).text, path).toContain(`href="${page}"`);
  });
});

describe("a person's page", () => {
  test('shows everything, and its lists lead on', async () => {
    const { userId, page } = await somebody('Whole Picture');
    await give(userId, 300_00n);
    const { status, text } = await browser.get(page);
    expect(status).toBe(200);
    for (const words of [
      'Whole Picture',
      userId,
      '฿300.00',
      'Local chat',
      'wallet.adjusted',
      'No contract runs',
      'given',
    ])
      expect(text).toContain(words);
    for (const list of ['transactions', 'notices', 'audit']) {
      const answer = await browser.get(`${page}/${list}`);
      expect([list, answer.status, answer.text.includes('Whole Picture')]).toEqual([list, 200, true]);
    }
  });

  test('of an old id leads to the joined person, with the words of what was done', async () => {
    const [one, two] = [await somebody(), await somebody()];
    const as = (userId: UserId) => served.world.ctx({ kind: 'user', userId });
    const { code } = await createLinkCode(as(one.userId), { userId: one.userId });
    const { id: linkId } = await claimLink(as(two.userId), { userId: two.userId, code });
    await agreeToJoin(as(two.userId), { userId: two.userId, linkId });
    expect((await browser.get(two.page)).location).toBe(one.page);
    const { form_key = '' } = await browser.keys(one.page);
    const blocked = await browser.post(`${two.page}/block`, { form_key, reason: 'old page' });
    const landed = await browser.get(blocked.location ?? '');
    expect(landed.location).toBe(`${one.page}?done=user_block`);
    expect((await readUser(owner.ctx, one.userId)).blockedReason).toBe('old page');
    const closing = await browser.post(`${two.page}/close`, { form_key, reason: 'old page', confirm: 'yes' });
    expect([closing.status, closing.text.includes('joined with another one')]).toEqual([409, true]); // user.merged
  });

  test('offers to each role what it may do, and shows the audit to those who may read it', async () => {
    const { page } = await somebody();
    const acts = async (token: string) =>
      [...(await visitor(served.origin, token).get(page)).text.matchAll(/\?act=(\w+)#acts/g)].map(([, act]) => act);
    const [support, auditor] = [
      await colleague(served.world, owner, 'support'),
      await colleague(served.world, owner, 'auditor'),
    ];
    expect(await acts(owner.token)).toEqual(['block', 'adjust', 'reset', 'close']);
    expect(await acts(support.token)).toEqual(['block', 'reset']);
    expect(await acts(auditor.token)).toEqual([]);
    expect((await visitor(served.origin, support.token).get(`${page}/audit`)).status).toBe(403);
    expect((await visitor(served.origin, support.token).get(page)).text).not.toContain('user.joined');
    expect((await visitor(served.origin, auditor.token).get(page)).text).toContain('user.joined');
    for (const act of ['adjust', 'close']) // asked for by hand, a form that is not theirs is not drawn
      expect((await visitor(served.origin, support.token).get(`${page}?act=${act}`)).text).not.toContain('data-act');
  });
});

describe('blocking', () => {
  test('takes a reason, happens once however often it is sent, and is lifted again', async () => {
    const { userId, page } = await somebody();
    const empty = await browser.send(`${page}?act=block`, `${page}/block`, { reason: ' ' });
    expect([empty.status, problem(empty.text, 'reason')]).toEqual([422, expect.stringContaining('A reason is needed')]);
    const form = { ...(await browser.keys(`${page}?act=block`)), reason: 'spam' };
    const answers = await Promise.all([1, 2, 3].map(() => browser.post(`${page}/block`, form)));
    expect(answers.map((answer) => answer.location)).toEqual(Array(3).fill(`${page}?done=user_block`));
    expect((await browser.get(page)).text).toContain('spam');
    const { blockedAt } = await readUser(owner.ctx, userId);
    const unblock = { seen: blockedAt?.toISOString() ?? '', reason: 'all is well' };
    expect((await browser.send(`${page}?act=unblock`, `${page}/unblock`, unblock)).status).toBe(303);
    expect(await auditOf(served.world, userId)).toEqual(['user.joined', 'user.blocked', 'user.unblocked']);
  });

  test('on a page that somebody else has overtaken says so and changes nothing', async () => {
    const { userId, page } = await somebody();
    const { form_key = '' } = await browser.keys(`${page}?act=block`);
    await blockUser(manager.ctx, { userId, reason: 'was faster' });
    const late = await browser.post(`${page}/block`, { form_key, reason: 'too late' });
    expect([late.status, late.text.includes('Somebody else has changed this')]).toEqual([409, true]); // user.changed
    expect((await readUser(owner.ctx, userId)).blockedReason).toBe('was faster');
    const { blockedAt } = await readUser(owner.ctx, userId);
    await unblockUser(manager.ctx, { userId, reason: 'x' });
    served.world.clock.pass(1000);
    await blockUser(manager.ctx, { userId, reason: 'again' });
    const stale = await browser.post(`${page}/unblock`, {
      form_key,
      reason: 'x',
      seen: blockedAt?.toISOString() ?? '',
    });
    expect([stale.status, (await readUser(owner.ctx, userId)).blockedReason]).toEqual([409, 'again']);
    const without = await browser.post(`${page}/unblock`, { form_key, reason: 'x', seen: 'never' });
    expect(without.text).toContain('This form is too old'); // form.stale
  });
});

test('a reset takes a reason and is harmless twice', async () => {
  const { userId, page } = await somebody();
  const form = { ...(await browser.keys(`${page}?act=reset`)), reason: 'stuck' };
  for (let n = 0; n < 2; n++)
    expect((await browser.post(`${page}/reset`, form)).location).toBe(`${page}?done=user_reset`);
  expect((await browser.post(`${page}/reset`, { ...form, reason: '' })).status).toBe(422);
  expect(await auditOf(served.world, userId)).toEqual(['user.joined', 'user.reset', 'user.reset']);
});

describe('closing an account', () => {
  test('says what stands in the way, and does not offer it until then', async () => {
    const { userId, page } = await somebody('Leaving');
    await give(userId, 10_00n);
    const { text } = await browser.get(`${page}?act=close`);
    expect(text).toContain('There are ฿10.00 in the wallet');
    expect(text).not.toContain('name="confirm"');
    const { form_key = '' } = await browser.keys(page);
    const answer = await browser.post(`${page}/close`, { form_key, reason: 'x', confirm: 'yes' });
    expect([answer.status, answer.text.includes('There are ฿10.00')]).toEqual([409, true]); // user.not_closable
    expect((await readUser(owner.ctx, userId)).closedAt).toBeNull();
  });

  test('needs a fresh proof, a reason and a yes, and then nothing is left to do', async () => {
    const { userId, page } = await somebody('Leaving Too');
    const form = { reason: 'asked for it', confirm: 'yes' };
    const unsure = await browser.send(`${page}?act=close`, `${page}/close`, { reason: 'asked for it' });
    expect([unsure.status, problem(unsure.text, 'confirm') !== '']).toEqual([422, true]);
    served.world.clock.pass(11 * 60_000);
    const unproved = await browser.send(`${page}?act=close`, `${page}/close`, form);
    expect([unproved.status, problem(unproved.text, 'proof') !== '']).toEqual([403, true]);
    const keep = await browser.keys(`${page}?act=close`);
    for (let n = 0; n < 2; n++) {
      const answer = await browser.post(`${page}/close`, { ...keep, ...form, proof: PASSWORD });
      expect(answer.location).toBe(`${page}?done=user_close`);
    }
    const { text } = await browser.get(page);
    expect(text).not.toContain('Leaving Too');
    expect([...text.matchAll(/\?act=(\w+)#acts/g)].map(([, act]) => act)).toEqual(['adjust']);
    const blocked = await browser.post(`${page}/block`, { ...keep, reason: 'x' });
    expect([blocked.status, blocked.text.includes('This account was closed')]).toEqual([409, true]); // user.closed
    expect(await auditOf(served.world, userId)).toEqual(['user.joined', 'user.closed']);
  });
});

describe('adjusting a wallet', () => {
  const form = { direction: 'credit', amount: '100', reason: 'a correction' };

  test('up to the limit is done at once, and once per form', async () => {
    const { userId, page } = await somebody();
    const keep = await browser.keys(`${page}?act=adjust`);
    const answers = await Promise.all([1, 2, 3].map(() => browser.post(`${page}/adjust`, { ...keep, ...form })));
    expect(answers.map((answer) => answer.location)).toEqual(Array(3).fill(`${page}?done=adjustment_done`));
    expect(await walletOf(userId)).toBe(100_00n);
    const down = { ...form, direction: 'debit', amount: '40' };
    await browser.send(`${page}?act=adjust`, `${page}/adjust`, down);
    expect(await walletOf(userId)).toBe(60_00n);
    expect((await browser.get(`${page}?act=adjust`)).text).toMatch(/you may still adjust ฿[\d.]+ of ฿1,000.00 alone/);
  });

  test('shows what is wrong beside its field, and keeps what was typed', async () => {
    const { userId, page } = await somebody();
    for (const [field, value, words] of [
      ['amount', '-5', /not an amount I understand/],
      ['amount', '0', /not an amount/],
      ['amount', '1.234', /not an amount/],
      ['reason', ' ', /A reason is needed/],
      ['reason', 'x'.repeat(501), /at most 500/],
    ] as const) {
      const answer = await browser.send(`${page}?act=adjust`, `${page}/adjust`, { ...form, [field]: value });
      expect([answer.status, problem(answer.text, field)]).toEqual([422, expect.stringMatching(words)]);
      expect(answer.text).toContain(field === 'amount' ? 'value="a correction"' : 'value="100"');
    }
    const more = await browser.send(`${page}?act=adjust`, `${page}/adjust`, { ...form, direction: 'debit' });
    expect([more.status, problem(more.text, 'amount')]).toEqual([409, expect.stringContaining('only ฿0.00')]); // adjustment.exceeds_wallet
    expect(more.text).toMatch(/value="debit" selected/);
    const keyless = await browser.send(`${page}?act=adjust`, `${page}/adjust`, { ...form, request_key: '' });
    expect(keyless.text).toContain('This form is too old');
    expect(await walletOf(userId)).toBe(0n);
  });

  test('above the limit waits for another operator, who agrees with a fresh proof', async () => {
    const { userId, page } = await somebody('Second Pair');
    const big = { ...form, amount: '5,000' };
    const asked = await browser.send(`${page}?act=adjust`, `${page}/adjust`, big);
    expect([asked.location, await walletOf(userId)]).toEqual([`${page}?done=adjustment_waiting`, 0n]);
    const [row] = await owner.ctx.db.select().from(walletAdjustment).where(eq(walletAdjustment.userId, userId));
    const item = `/admin/adjustments/${row?.id}`;
    expect((await browser.get(page)).text).toContain(`href="${item}"`);
    expect((await other.get('/admin')).text).toContain(`href="${item}"`); // operators are asked to look
    expect((await other.get('/admin/adjustments')).text).toContain(`href="${item}"`);

    const own = (await browser.get(item)).text;
    expect([/data-act="withdraw"/.test(own), /data-act="agree"/.test(own)]).toEqual([true, false]);
    const alone = await browser.send(item, `${item}/agree`);
    expect([alone.status, alone.text.includes('You asked for this adjustment yourself')]).toEqual([403, true]); // adjustment.own
    served.world.clock.pass(11 * 60_000);
    const unproved = await other.send(item, `${item}/agree`);
    expect([unproved.status, problem(unproved.text, 'proof') !== '', await walletOf(userId)]).toEqual([403, true, 0n]);
    const keep = await other.keys(item);
    const answers = await Promise.all([1, 2].map(() => other.post(`${item}/agree`, { ...keep, proof: PASSWORD })));
    expect(answers.map((answer) => answer.location)).toEqual(Array(2).fill(`${item}?done=adjustment_done`));
    expect(await walletOf(userId)).toBe(5_000_00n);
    const late = await browser.send(item, `${item}/withdraw`);
    expect([late.status, late.text.includes('was carried out already')]).toEqual([409, true]); // adjustment.decided
    expect((await browser.get('/admin/adjustments')).text).not.toContain(item);
    expect((await browser.get('/admin/adjustments?show=all')).text).toContain(item);
  });

  test('is refused with a reason, or withdrawn by the one who asked', async () => {
    const { userId, page } = await somebody();
    const ask = async () => {
      await browser.send(`${page}?act=adjust`, `${page}/adjust`, { ...form, amount: '7,000', proof: PASSWORD });
      const rows = await owner.ctx.db.select().from(walletAdjustment).where(eq(walletAdjustment.userId, userId));
      return `/admin/adjustments/${rows.sort((a, b) => (a.id < b.id ? 1 : -1))[0]?.id}`;
    };
    const first = await ask();
    const silent = await other.send(first, `${first}/refuse`, { reason: '' });
    expect([silent.status, problem(silent.text, 'reason') !== '']).toEqual([422, true]);
    const refused = await other.send(first, `${first}/refuse`, { reason: 'not agreed with the bank' });
    expect(refused.location).toBe(`${first}?done=adjustment_refused`);
    expect((await browser.get(first)).text).toContain('not agreed with the bank');
    const second = await ask();
    expect((await browser.send(second, `${second}/withdraw`)).location).toBe(`${second}?done=adjustment_withdrawn`);
    expect((await browser.get(second)).text).not.toContain('data-act');
    expect((await browser.get('/admin/adjustments/adj_none')).status).toBe(404); // adjustment.missing
    expect(await walletOf(userId)).toBe(0n);
  });

  test('of a closed account only takes', async () => {
    const { userId, page } = await somebody();
    await browser.send(`${page}?act=close`, `${page}/close`, { reason: 'x', confirm: 'yes', proof: PASSWORD });
    expect((await readUser(owner.ctx, userId)).closedAt).not.toBeNull();
    const { text } = await browser.get(`${page}?act=adjust`);
    expect([text.includes('value="credit"'), text.includes('value="debit"')]).toEqual([false, true]);
  });
});

test('names and reasons that are hostile are shown as text, on every page', async () => {
  const evil = /<script>alert|<img src=x|<svg onload/;
  for (const name of HOSTILE) {
    const { userId, page } = await somebody(name);
    await blockUser(owner.ctx, { userId, reason: name });
    await give(userId, 5_00n);
    await adjustWallet(owner.ctx, { userId, amountSatang: 1_00n, reason: name, requestKey: `evil-${userId}` });
    const asked = { ...(await browser.keys(`${page}?act=adjust`)), direction: 'credit', amount: '9999', reason: name };
    await browser.post(`${page}/adjust`, { ...asked, proof: PASSWORD });
    const [row] = await owner.ctx.db
      .select()
      .from(walletAdjustment)
      .where(and(eq(walletAdjustment.userId, userId), eq(walletAdjustment.amountSatang, 9_999_00n)));
    const query = encodeURIComponent(name);
    const lists = ['transactions', 'notices', 'audit'].map((list) => `${page}/${list}`);
    const acts = ['block', 'unblock', 'adjust', 'reset', 'close', query].map((act) => `${page}?act=${act}`);
    const others = [`/admin/adjustments/${row?.id}`, '/admin/adjustments?show=all', `/admin/adjustments?show=${query}`];
    const searches = [
      `/admin/users?text=${query}`,
      `/admin/users?text=${query}&state=${query}&chat=${query}&before=${query}`,
      `${page}/transactions?wallet=${query}&before=${query}`,
      `${page}/notices?before=${query}`,
      `/admin/users/${query}`,
    ];
    for (const path of [page, ...lists, ...acts, ...others, ...searches]) {
      const { text } = await browser.get(path);
      expect([path, evil.test(text)]).toEqual([path, false]);
    }
    const typed = await browser.send(`${page}?act=adjust`, `${page}/adjust`, { amount: name, reason: name });
    expect([typed.status, evil.test(typed.text)]).toEqual([422, false]);
  }
});

test('odd addresses find nothing and break nothing', async () => {
  for (const path of [
    '/admin/users/%00',
    '/admin/users/usr_none',
    '/admin/users/usr_none/audit',
    '/admin/adjustments/%00',
  ])
    expect((await browser.get(path)).status, path).toBe(404);
  const { page } = await somebody();
  for (const path of [
    '/admin/users?text=%00&before=%00&state=x&chat=%25',
    '/admin/users?text=usr_%00',
    `/admin/users?text=${'%25'.repeat(300)}`,
    `${page}/transactions?before=99999999999999999999`,
    `${page}/transactions?before=-1`,
    `${page}/audit?before=1e9`,
    `${page}/notices?before=ntc_none`,
    `${page}?act=constructor`,
    '/admin/adjustments?before=%27',
  ])
    expect((await browser.get(path)).status, path).toBe(200);
  expect(served.world.log.lines.filter((line) => line.startsWith('a page'))).toEqual([]);
});
