import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEntry } from '../../src/core/audit.ts';
import { inTransaction } from '../../src/core/context.ts';
import { deliverNotices, type Notice, putNotice } from '../../src/core/notices/notice.ts';
import { broadcast, notice } from '../../src/core/notices/tables.ts';
import { sendBroadcasts } from '../../src/core/ops/sendBroadcasts.ts';
import { newsOf, reread } from '../support/broadcasts.ts';
import { job } from '../support/money.ts';
import { colleague, firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';
import { testCourier } from '../support/world.ts';

const EVIL = `<img src=x onerror=alert(1)>"'></textarea><script>x</script>`;

let served: ServedPanel;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;
let courier: ReturnType<typeof testCourier>;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
  tokens.owner = owner.token;
  for (const role of ['support', 'auditor'] as const) tokens[role] = (await colleague(served.world, owner, role)).token;
  courier = testCourier();
  served.world.couriers.set('local', courier);
});
afterAll(() => served.close());
beforeEach(() => {
  browser = visitor(served.origin, owner.token);
});

const as = (role: string) => visitor(served.origin, tokens[role]);
const problemOf = (text: string, name: string) => new RegExp(`id="${name}-problem">([^<]+)`).exec(text)?.[1] ?? '';
let keys = 0;

async function told(name: string, set: Partial<Notice> = {}): Promise<string> {
  keys += 1;
  const { userId } = await served.world.person(name);
  const ctx = served.world.ctx(job);
  const params = { amountSatang: 500_00n, reason: EVIL };
  const key = `http-${keys}`;
  await inTransaction(ctx, (ctx) => putNotice(ctx, { userId, kind: 'wallet.adjusted', params, key }));
  const [row] = await ctx.db.update(notice).set(set).where(eq(notice.key, key)).returning({ id: notice.id });
  return row?.id ?? '';
}

describe('notices', () => {
  test('are listed with why they failed, in words, and filtered in the address', async () => {
    const failed = await told('Fon', { status: 'failed', error: 'telegram: takes no messages from us' });
    const fault = await told('Fai', { status: 'failed', error: 'discord: DiscordAPIError' });
    const muted = await told('Mon', { status: 'muted' });
    const all = (await browser.get('/admin/notices')).text;
    for (const id of [failed, fault, muted]) expect(all).toContain(`/admin/notices/${id}`);
    expect(all).toContain('Telegram: takes no messages from us: we are blocked, or the chat is closed');
    expect(all).toContain('Discord: could not be reached (DiscordAPIError)');
    expect(all).toContain('This person has turned such notices off.');
    const some = (await browser.get('/admin/notices?status=failed&person=fon&kind=wallet.adjusted')).text;
    expect(some).toContain(failed);
    expect(some).not.toContain(fault);
    expect((await browser.get('/admin/notices?status=failed&to=2026-11-20')).text).toContain('Nothing matches.');
    const page = (await browser.get(`/admin/notices/${failed}`)).text;
    expect(page).toContain('✏️ Our staff corrected your wallet by ฿500.00.');
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toMatch(/<img src=x|<script>x/);
  });

  test('that failed are tried again by whoever may, once, with the operator in the audit', async () => {
    const id = await told('Again', { status: 'failed', attempts: 12, error: 'local: Error' });
    const page = `/admin/notices/${id}`;
    for (const role of ['support', 'auditor']) {
      const { status, text } = await as(role).get(page);
      expect([status, /data-act=/.test(text)]).toEqual([200, false]);
    }
    const form = await browser.keys(page);
    const answers = await Promise.all([1, 2].map(() => browser.post(`${page}/retry`, form)));
    expect(answers.map(({ location }) => location)).toEqual(Array(2).fill(`${page}?done=notice_retry`));
    const lines = await owner.ctx.db.select().from(auditEntry).where(eq(auditEntry.subject, id));
    expect(lines.map(({ action, actor }) => [action, actor])).toEqual([['notice.retried', `operator:${owner.id}`]]);
    await deliverNotices(served.world.ctx(job), 50);
    const after = (await browser.get(page)).text;
    expect(after).toContain('Local chat · Again');
    expect(after).not.toContain('data-act=');
    const muted = await told('Muted', { status: 'muted' });
    const refused = await browser.post(`/admin/notices/${muted}/retry`, form);
    expect([refused.status, /turned such notices off. There is nothing/.test(refused.text)]).toEqual([409, true]);
  });
});

const form = {
  text_th: 'ปิดปรับปรุงคืนนี้',
  text_en: 'Maintenance tonight',
  language: '',
  provider: '',
  paid: '',
  days: '',
  wallet: '',
  rate: '3,000',
};

/** A draft written in the browser; answers with its page. */
async function drafted(more: Partial<typeof form> = {}): Promise<string> {
  const answer = await browser.send('/admin/broadcasts/new', '/admin/broadcasts', { ...form, ...more });
  expect(answer.status).toBe(303);
  return (answer.location ?? '').replace(/\?.*/, '');
}

const idOf = (page: string) => page.split('/').at(-1) ?? '';
const version = async (page: string) => /name="version" value="(\d+)/.exec((await browser.get(page)).text)?.[1] ?? '';

describe('a broadcast', () => {
  test('has what is wrong with it beside its field, and keeps what was typed', async () => {
    for (const [field, value, words] of [
      ['text_th', ' ', /The Thai text is missing or too long. Write 1 to 1,500/],
      ['text_en', 'x'.repeat(1501), /The English text is missing or too long/],
      ['rate', 'fast', /whole number from 1 to 3,000/],
      ['rate', '3001', /whole number from 1 to 3,000/],
      ['days', '0', /whole number from 1 to 3,650/],
      ['wallet', 'a lot', /not an amount I understand/],
      ['wallet', '0', /not an amount I understand/],
    ] as const) {
      const answer = await browser.send('/admin/broadcasts/new', '/admin/broadcasts', { ...form, [field]: value });
      expect([answer.status, field]).toEqual([422, field]);
      expect(problemOf(answer.text, field)).toMatch(words);
      const kept = field === 'text_en' ? 'ปิดปรับปรุงคืนนี้</textarea>' : 'Maintenance tonight</textarea>';
      expect(answer.text).toContain(kept);
    }
  });

  test('that is written twice by one form is one draft', async () => {
    const before = await owner.ctx.db.$count(broadcast);
    const sent = { ...(await browser.keys('/admin/broadcasts/new')), ...form };
    const answers = await Promise.all([1, 2, 3].map(() => browser.post('/admin/broadcasts', sent)));
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    expect((await owner.ctx.db.$count(broadcast)) - before).toBe(1);
  });

  test('is looked at as it will stand in both languages, with whom it reaches', async () => {
    await served.world.person('Only');
    const text_en = `${EVIL}\r\n\r\nsecond line`;
    const page = await drafted({ text_en, days: '๗', wallet: '1,500.50', paid: 'no', language: 'en', rate: '60' });
    const { text } = await browser.get(page);
    expect(text).toContain('<p class="bubble" lang="th">📣 ปิดปรับปรุงคืนนี้\n\nปิดรับข่าวสาร');
    expect(text).toMatch(/<p class="bubble" lang="en">📣 &lt;img src=x[^<]+\n\nsecond line\n\nTo stop/);
    expect(text).not.toMatch(/<img src=x|<script>x/);
    expect(text).toContain(
      'Language: English · has never paid · wrote in the last 7 days · Wallet of at least (baht): ฿1,500.50',
    );
    expect(text).toContain('60 a minute');
    expect(text).toContain('Nobody belongs to this segment');
    expect(text).not.toContain('data-act="send"');
    const edit = (await browser.get(`${page}/edit`)).text;
    expect(edit).toContain('&lt;/textarea&gt;');
    expect(edit).not.toMatch(/<img src=x|<script>x/);
    const list = (await browser.get('/admin/broadcasts')).text;
    expect(list).not.toMatch(/<img src=x|<script>x/);
    expect((await browser.get(await drafted({ rate: '1' }))).text).toMatch(/\d+ people[\s\S]*\d+ minutes/);
  });

  test('that was changed meanwhile is neither changed nor sent as it was', async () => {
    const page = await drafted();
    const seen = { version: await version(page) };
    const edited = await browser.send(`${page}/edit`, `${page}/edit`, { ...form, ...seen, text_en: 'Newer' });
    expect(edited.location).toBe(`${page}?done=broadcast_saved`);
    const late = await browser.send(`${page}/edit`, `${page}/edit`, { ...form, ...seen, text_en: 'Late' });
    expect([late.status, /changed this broadcast meanwhile/.test(late.text)]).toEqual([409, true]);
    expect(late.text).toContain('Late</textarea>');
    for (const act of ['send', 'test']) {
      const refused = await browser.send(page, `${page}/${act}`, { ...seen, to: 'Only' });
      expect([refused.status, /changed this broadcast meanwhile/.test(refused.text)], act).toEqual([409, true]);
    }
    const row = await reread(served.world, idOf(page));
    expect([row.status, row.textEn, row.version]).toEqual(['draft', 'Newer', 1]);
    const keyless = await browser.send(page, `${page}/send`, { version: '' });
    expect([keyless.status, /too old/.test(keyless.text)]).toEqual([403, true]); // form.stale
  });

  test('is tried on one person, found by name, once a form', async () => {
    const { userId } = await served.world.person('Unique Tester');
    const page = await drafted();
    const sent = { ...(await browser.keys(page)), version: '0' };
    for (const [to, words] of [
      ['', /This field is empty/],
      ['Nobody at all', /Nobody who can be written to matches “Nobody at all”/],
      ['o', /More than one person matches “o”/],
    ] as const)
      expect(problemOf((await browser.post(`${page}/test`, { ...sent, to })).text, 'to')).toMatch(words);
    for (let n = 0; n < 2; n++)
      expect((await browser.post(`${page}/test`, { ...sent, to: 'unique tester' })).location).toBe(
        `${page}?done=broadcast_tested`,
      );
    await deliverNotices(served.world.ctx(job), 50);
    const mine = courier.delivered.filter((d) => d.notice.kind === 'broadcast.test');
    expect(mine.map((d) => d.notice.params)).toEqual([{ text: 'Maintenance tonight' }]);
    const list = (await browser.get(`/admin/notices?person=${userId}`)).text;
    expect(list).toContain('Test of a broadcast');
  });

  test('is sent with a fresh proof alone, watched, and cancelled', async () => {
    const page = await drafted({ rate: '1' });
    served.world.clock.pass(11 * 60_000);
    expect((await browser.get(page)).text).toContain('name="proof"');
    const without = await browser.send(page, `${page}/send`, { version: '0' });
    expect(problemOf(without.text, 'proof')).toMatch(/needs your password/);
    expect((await reread(served.world, idOf(page))).status).toBe('draft');
    const sent = { version: '0', proof: PASSWORD };
    const keyed = { ...(await browser.keys(page)), ...sent };
    const answers = await Promise.all([1, 2].map(() => browser.post(`${page}/send`, keyed)));
    expect(answers.map(({ location }) => location)).toEqual(Array(2).fill(`${page}?done=broadcast_send`));
    await sendBroadcasts(served.world.ctx(job));
    const watching = (await browser.get(`${page}/live`)).text;
    expect(watching).toContain('hx-get');
    expect(watching).toMatch(/Put so far<\/dt><dd>1</);
    expect(watching).toMatch(/waiting<\/dt><dd><a href="\/admin\/notices\?broadcast=brc_\w+&amp;status=waiting">1</);
    const looking = await as('support').get(page);
    expect([looking.status, /data-act=/.test(looking.text)]).toEqual([200, false]);
    expect((await browser.get(`${page}/edit`)).status).toBe(409);
    const late = await browser.send(page, `${page}/edit`, { ...form, version: '0' });
    expect([late.status, /can only be cancelled/.test(late.text)]).toEqual([409, true]); // broadcast.closed
    for (let n = 0; n < 2; n++)
      expect((await browser.send(page, `${page}/cancel`)).location).toBe(`${page}?done=broadcast_cancel`);
    const ended = await browser.get(`${page}/live`);
    expect(ended.headers.get('hx-refresh')).toBe('true');
    expect(ended.text).not.toContain('hx-get');
    expect((await newsOf(served.world, idOf(page))).map(({ status }) => status)).toEqual(['withdrawn']);
    expect((await browser.send(page, `${page}/send`, { version: '0' })).status).toBe(409);
    const audit = (await browser.get(`/admin/audit?subject=${idOf(page)}`)).text;
    for (const action of ['drafted', 'started', 'cancelled']) expect(audit).toContain(`broadcast.${action}`);
    expect(audit).toContain(`href="/admin/broadcasts/${idOf(page)}"`);
    expect(audit).toMatch(/Malee<br>/);
  });

  test('that a page fetches by itself keeps no session alive', async () => {
    const page = await drafted();
    const { token } = await reenter();
    const own = visitor(served.origin, token);
    for (let n = 0; n < 4; n++) {
      served.world.clock.pass(10 * 60_000);
      await own.get(`${page}/live`, { 'hx-request': 'true' });
    }
    expect((await own.get(`${page}/live`, { 'hx-request': 'true' })).headers.get('hx-redirect')).toBe('/admin/sign-in');
  });
});

async function reenter() {
  const fresh = visitor(served.origin);
  await fresh.post('/admin/sign-in', { email: owner.email, password: PASSWORD });
  await fresh.send('/admin/second-factor', '/admin/second-factor', { code: owner.code() });
  return { token: fresh.token };
}

test('odd addresses find nothing and break nothing', async () => {
  browser = visitor(served.origin, (await reenter()).token);
  for (const path of ['/admin/notices/%00', '/admin/notices/x', '/admin/broadcasts/%00', '/admin/broadcasts/x/live'])
    expect((await browser.get(path)).status, path).toBe(404);
  const evil = encodeURIComponent(EVIL);
  const query = `person=${evil}&status=${evil}&kind=${evil}&broadcast=${evil}&before=${evil}&from=${evil}&to=%00`;
  for (const path of [`/admin/notices?${query}`, '/admin/notices?person=%25', `/admin/broadcasts?page=${evil}`]) {
    const { status, text } = await browser.get(path);
    expect([status, /<img src=x|<script>x/.test(text)], path).toEqual([200, false]);
  }
  expect(served.world.log.lines.filter((line) => line.startsWith('a page'))).toEqual([]);
});
