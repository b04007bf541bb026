import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEntry, sealAudit, writeAudit } from '../../src/core/audit.ts';
import { days, minutes } from '../../src/core/clock.ts';
import { inTransaction } from '../../src/core/context.ts';
import { topupLimits } from '../../src/core/money/settings.ts';
import { writeSetting } from '../../src/core/setting.ts';
import { job } from '../support/money.ts';
import { colleague, firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';

const EVIL = `<img src=x onerror=alert(1)>"'><script>x</script>`;

let served: ServedPanel;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;

async function openPanel(): Promise<void> {
  served = await servePanel();
  owner = await firstOwner(served.world);
  browser = visitor(served.origin, owner.token);
}

const ctx = () => served.world.ctx(job);
const write = (action: string, subject: string, detail: Record<string, string | number | boolean | null> = {}) =>
  inTransaction(ctx(), (ctx) => writeAudit(ctx, action, subject, detail));

/** The numbers of the lines that a page lists, as it lists them. */
const listed = (text: string) =>
  [...text.matchAll(/data-label="Line"><div><a href="\/admin\/audit\/(\d+)"/g)].map(([, seq]) => Number(seq));

async function seqOf(subject: string): Promise<number> {
  const [line] = await ctx()
    .db.select()
    .from(auditEntry)
    .where(eq(auditEntry.subject, subject))
    .orderBy(asc(auditEntry.seq))
    .limit(1);
  return Number(line?.seq);
}

describe('the log', () => {
  beforeAll(openPanel);
  afterAll(() => served.close());

  test('is filtered by who, action, subject and days, and paged by line', async () => {
    const { userId } = await served.world.person('Pimchanok');
    await inTransaction(served.world.ctx({ kind: 'user', userId }), (ctx) =>
      writeAudit(ctx, 'topup.requested', 'top_one'),
    );
    for (let n = 0; n < 120; n++) await write('bulk.done', `bulk-${n}`);
    const found = async (search: string) => listed((await browser.get(`/admin/audit?${search}`)).text);
    const [one, bulk] = [await seqOf('top_one'), await seqOf('bulk-0')];
    for (const search of [
      'actor=Pimchanok',
      `actor=${userId}`,
      `actor=user:${userId}`,
      'subject=top_one',
      'action=topup.req',
    ])
      expect(await found(search), search).toContain(one);
    expect(await found('actor=Pimchanok&action=bulk')).toEqual([]);
    expect((await found(`actor=${owner.id}`)).length).toBeGreaterThan(1);
    expect(await found('actor=Malee')).toEqual(await found(`actor=operator:${owner.id}`));
    const all: number[] = [];
    for (let next = '/admin/audit?actor=test&action=bulk'; next; ) {
      const { text } = await browser.get(next);
      all.push(...listed(text));
      const [, href] = /rel="next" href="([^"]+)"/.exec(text) ?? [];
      next = href ? `/admin/audit${href.replaceAll('&amp;', '&')}` : '';
    }
    expect(all).toEqual(Array.from({ length: 120 }, (_, n) => bulk + 119 - n));
    served.world.clock.pass(days(1));
    await write('bulk.late', 'late');
    browser = visitor(served.origin, (await colleague(served.world, owner, 'auditor', 'Somkid')).token);
    const at = { on: 'from=2026-11-22&to=2026-11-22', before: 'to=2026-11-21' };
    expect(await found(`action=bulk&${at.on}`)).toEqual([await seqOf('late')]);
    expect(await found(`action=bulk&${at.before}`)).toHaveLength(50);
  });

  test('tells when a name is borne by more people than can be looked for', async () => {
    for (let n = 0; n < 50; n++) await served.world.person(`Anong ${n}`);
    expect((await browser.get('/admin/audit?actor=anong')).text).toContain('More people bear this name');
    expect((await browser.get('/admin/audit?actor=anong%207')).text).not.toContain('More people bear this name');
  });

  test('shows a changed setting value by value, before and after, with the operator by name', async () => {
    await writeSetting(owner.ctx, topupLimits, { value: { ...topupLimits.fallback, minSatang: '5000' }, version: 0 });
    const seq = await seqOf(`setting:${topupLimits.key}`);
    const { text } = await browser.get(`/admin/audit/${seq}`);
    expect(text).toMatch(/Malee<br><a href="\/admin\/audit\?actor=operator%3Aopr_/);
    const rows = [
      ...text.matchAll(
        /data-label="Field"><div><code>(\w+)<\/code><\/div><\/td><td data-label="Before"><div>([^<]*)<\/div><\/td><td data-label="After"><div>([^<]*)<\/div><\/td><td data-label=""><div>(.*?)<\/div>/g,
      ),
    ];
    const changed = rows
      .filter(([, , , , mark]) => mark?.includes('changed'))
      .map(([, name, before, after]) => [name, before, after]);
    expect(changed).toEqual([['minSatang', '฿20.00', '฿50.00']]);
    expect(rows.length).toBeGreaterThan(1);
    expect((await browser.get('/admin/audit?action=setting')).text).toContain('฿20.00 → ฿50.00');
  });

  test('shows what is no JSON as it is, and satang as baht', async () => {
    await write('operator.role_changed', owner.id, { name: 'Malee', old: 'support', new: 'manager' });
    await write('wallet.adjusted', 'usr_x', { amountSatang: '-123450', by: owner.id, ok: true, none: null });
    const role = (await browser.get(`/admin/audit/${(await seqOf('usr_x')) - 1}`)).text;
    expect(role).toMatch(/<code>Value<\/code>[\s\S]*support[\s\S]*manager/);
    expect(role).toMatch(/Malee<br><code>opr_/);
    const { text } = await browser.get(`/admin/audit/${await seqOf('usr_x')}`);
    for (const words of ['−฿1,234.50', `Malee (${owner.id})`, 'yes', '–']) expect(text).toContain(words);
  });

  test('shows what people wrote as text, in the list, in a line and in a filter', async () => {
    await write(EVIL, EVIL, {
      [EVIL]: EVIL,
      old: JSON.stringify({ [EVIL]: 1 }),
      new: JSON.stringify({ [EVIL]: EVIL }),
    });
    const query = encodeURIComponent(EVIL);
    for (const path of [
      '/admin/audit',
      `/admin/audit/${await seqOf(EVIL)}`,
      `/admin/audit?actor=${query}&action=${query}&subject=${query}&from=${query}&before=${query}`,
    ]) {
      const { status, text } = await browser.get(path);
      expect(status, path).toBe(200);
      expect(text, path).not.toMatch(/<img src=x|<script>x/);
    }
    expect((await browser.get('/admin/audit')).text).toContain('&lt;img src=x');
  });

  test('has no line that was never written', async () => {
    for (const seq of ['0', '999999999', '99999999999999999999', '-1', '%00', 'x'])
      expect((await browser.get(`/admin/audit/${seq}`)).status, seq).toBe(404);
  });
});

describe('verifying', () => {
  beforeEach(async () => {
    await openPanel();
    for (let n = 1; n <= 20; n++) await write('topup.settled', `top_${n}`, { n });
    await sealAudit(ctx());
  });
  afterEach(() => served.close());

  const verify = async () => (await browser.send('/admin/audit/verify', '/admin/audit/verify')).text;

  /** As somebody with the database password would, past the triggers. */
  const tamper = (statement: string) =>
    ctx().db.execute(
      sql.raw(`set session_replication_role = replica; ${statement}; set session_replication_role = origin`),
    );

  /** What the page lists: the finding, the lines it links to, and the rest of the row as plain words. */
  const findings = (text: string) =>
    [...text.matchAll(/<tr><td data-label="Finding">([\s\S]*?)<\/tr>/g)].map(([, row = '']) => ({
      what: /class="badge[^>]*>([^<]+)/.exec(row)?.[1],
      lines: [...row.matchAll(/href="\/admin\/audit\/(\d+)"/g)].map(([, seq]) => Number(seq)),
      words: row.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' '),
    }));

  test('says that all lines hold, and that fresh ones wait for their seals', async () => {
    await write('topup.settled', 'top_fresh');
    const text = await verify();
    expect(text).toMatch(/All \d+ sealed lines hold\./);
    expect(text).toContain('One new line waits for its seal');
    expect(findings(text)).toEqual([]);
    const [line] = await ctx().db.select().from(auditEntry).where(eq(auditEntry.action, 'audit.verified'));
    expect(line).toMatchObject({ actor: `operator:${owner.id}`, detail: { faults: 0 } });
    expect(await verify()).toContain('2 new lines wait for their seals');
    served.world.clock.pass(minutes(6));
    expect(await verify()).toContain('3 lines wait for their seals for longer than five minutes');
  });

  test('names a changed line with its number, moment, actor and action, and leads to it', async () => {
    const seq = await seqOf('top_7');
    await tamper(`update audit_entry set detail = '{"n": 70}' where seq = ${seq}`);
    const text = await verify();
    expect(text).toContain('The chain is broken: one finding');
    expect(findings(text)).toEqual([
      {
        what: 'changed',
        lines: [seq],
        words: expect.stringMatching(new RegExp(`${seq} 21 Nov 2026, 12:\\d\\d job:test topup.settled top_7`)),
      },
    ]);
    expect((await browser.get(`/admin/audit/${seq}`)).text).toContain('70');
  });

  test('names a deleted line by its place between two others, and the one that cannot be checked without it', async () => {
    const seq = await seqOf('top_9');
    await tamper(`delete from audit_entry where seq = ${seq}`);
    expect(findings(await verify())).toMatchObject([
      {
        what: 'missing',
        lines: [seq - 1, seq + 1],
        words: expect.stringContaining(`no. ${seq} behind ${seq - 1} before ${seq + 1}`),
      },
      { what: 'cannot be checked', lines: [seq + 1] },
    ]);
  });

  test('names lines that swapped places', async () => {
    const [one, two] = [await seqOf('top_3'), await seqOf('top_5')];
    await tamper(`update audit_entry set link = -link where seq in (${one}, ${two});
      update audit_entry set link = case seq when ${one} then ${two} else ${one} end where link < 0`);
    const found = findings(await verify());
    expect(found.map(({ what }) => what)).toEqual(['moved', 'moved']);
    expect(found.flatMap(({ lines }) => lines).sort((a, b) => a - b)).toEqual([one, two]);
  });

  test('names a forged line that was put in, and no other', async () => {
    const seq = await seqOf('top_12');
    await tamper(`update audit_entry set link = -link where link >= ${seq};
      update audit_entry set link = 1 - link where link < 0;
      insert into audit_entry (at, actor, action, subject, detail, link, key_id, mac)
        select at, 'operator:${owner.id}', 'topup.refunded', 'top_forged', detail, ${seq}, key_id, mac from audit_entry where seq = ${seq - 1}`);
    expect(findings(await verify())).toEqual([
      {
        what: 'put in',
        lines: [await seqOf('top_forged')],
        words: expect.stringMatching(/Malee operator:opr_\w+ topup\.refunded top_forged/),
      },
    ]);
  });

  test('names an end that was cut off, and old lines that have no seal', async () => {
    const [last] = await ctx().db.execute<{ link: string }>(sql`select max(link) as link from audit_entry`);
    await write('topup.settled', 'top_unsealed');
    await tamper(`delete from audit_entry where link > ${Number(last?.link) - 2}`);
    served.world.clock.pass(minutes(61));
    browser = visitor(served.origin, (await colleague(served.world, owner, 'auditor')).token);
    const found = findings(await verify());
    expect(found[0]).toMatchObject({
      what: 'end cut off',
      words: expect.stringContaining(`no. ${Number(last?.link) - 1} – ${last?.link}`),
    });
    expect(found[1]).toMatchObject({ what: 'never sealed', lines: [await seqOf('top_unsealed')] });
    expect(found.at(-1)?.what).toBe('never sealed');
  });

  test('shows moments and words of a forged line as text, whatever they are', async () => {
    const seq = await seqOf('top_4');
    await tamper(
      `update audit_entry set at = 'infinity', actor = '${EVIL.replaceAll("'", "''")}', detail = 'null' where seq = ${seq}`,
    );
    const text = await verify();
    expect(findings(text)).toMatchObject([{ what: 'changed', lines: [seq] }]);
    expect(text).not.toMatch(/<img src=x|<script>x/);
    for (const path of [
      '/admin/audit',
      `/admin/audit/${seq}`,
      '/admin/audit/export?format=csv',
      '/admin/audit/export?format=xlsx',
    ])
      expect((await browser.get(path)).status, path).toBe(200);
  });

  test('that fails says so with a reference, and gives the turn back', async () => {
    await ctx().db.execute(sql`alter table audit_entry rename column key_id to key_id_away`);
    const text = await verify();
    expect(text).toMatch(/Something went wrong on our side[\s\S]*quote [0-9A-Z]{6}/);
    expect(text.trimEnd()).toMatch(/<\/html>$/);
    await ctx().db.execute(sql`alter table audit_entry rename column key_id_away to key_id`);
    expect(await verify()).toContain('sealed lines hold');
  });
});
