import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Feed, type Listener } from '../../src/admin/live.ts';
import { writeAudit } from '../../src/core/audit.ts';
import { inTransaction } from '../../src/core/context.ts';
import { alertOperators } from '../../src/core/notices/alert.ts';
import { changeRole, disableOperator, setOperatorLanguage } from '../../src/core/ops/operator.ts';
import { listRecent, writeMark } from '../../src/core/ops/recent.ts';
import { signOut } from '../../src/core/ops/session.ts';
import { job, newTopup, record } from '../support/money.ts';
import { colleague, firstOwner, PASSWORD, seen, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';
import { listen } from '../support/stream.ts';
import { paid, type World } from '../support/world.ts';

const EVIL = '<img src=x onerror=alert(1)>"\'><script>x</script>';

let served: ServedPanel;
let world: World;
let owner: TestOperator;
type Ear = Awaited<ReturnType<typeof listen>>;
let ears: Ear[] = [];

beforeAll(async () => {
  served = await servePanel();
  ({ world } = served);
  owner = await firstOwner(world);
});
afterAll(() => served.close());
beforeEach(() => {
  ears = [];
});
afterEach(() => {
  for (const ear of ears) ear.stop();
});

async function hear(token: string, headers?: Record<string, string>, query?: string): Promise<Ear> {
  const ear = await listen(served.origin, token, headers, query);
  ears.push(ear);
  return ear;
}

const note = (action: string, subject: string, from = world) =>
  inTransaction(from.ctx(job), (ctx) => writeAudit(ctx, action, subject));
const kinds = (ear: Ear) => ear.heard.map(({ data }) => /<a [^>]*>([^<]+)|<span>([^<]+)/.exec(data)?.slice(1).join(''));
const told = (ear: Ear) => expect.poll(() => ear.heard.length);
const ended = (ear: Ear) => expect.poll(() => ear.isOver).toBe(true);
/** Until the stream is in its feed: what it was given as the mark has been looked at. */
const joined = (ear: Ear) => expect.poll(() => ear.beats).toBeGreaterThan(1);

describe('the stream', () => {
  test('tells what happens as HTML of ours around what people have written', async () => {
    const ear = await hear(owner.token);
    expect(ear.response.headers.get('cache-control')).toBe('no-store');
    await joined(ear);
    const { userId } = await world.person(EVIL);
    const topup = await newTopup(world, userId, 500_00n);
    await record(world, paid(topup.reference, 500_00n));
    await told(ear).toBe(3);
    expect(kinds(ear)).toEqual(['New user', 'Top-up opened', 'Top-up paid']);
    const [, , last] = ear.heard;
    expect(last?.data).toContain('&lt;img src=x');
    expect(last?.data).toContain('<strong>฿500.00</strong>');
    expect(ear.heard.map(({ data }) => data).join('')).not.toMatch(/<img|<script/);
  });

  test('goes on from the last event that was heard, and repeats none before it', async () => {
    const first = await hear(owner.token);
    await joined(first);
    await note('user.blocked', 'usr_one');
    await told(first).toBe(1);
    first.stop();
    await first.over;
    await note('user.unblocked', 'usr_two');
    await inTransaction(world.ctx(job), (ctx) => alertOperators(ctx, 'notice.failed', 'ntc_three'));
    const second = await hear(owner.token, { 'last-event-id': first.heard[0]?.id ?? '' });
    await told(second).toBe(2);
    expect(kinds(second)).toEqual(['Person unblocked', 'A message could not be delivered']);
    await note('user.blocked', 'usr_four');
    await told(second).toBe(3);
  });

  test('begins where the page was drawn, not where the stream was opened', async () => {
    const { mark } = await listRecent(owner.ctx);
    await note('user.blocked', 'usr_between');
    const ear = await hear(owner.token, {}, `?after=${writeMark(mark)}`);
    await told(ear).toBe(1);
    const silent = await hear(owner.token, {}, '?after=nonsense');
    await joined(silent);
    expect(silent.heard).toEqual([]);
  });

  test('tells support nothing of operators and settings', async () => {
    const support = await colleague(world, owner, 'support');
    const [one, other] = [await hear(support.token), await hear(owner.token)];
    await joined(one);
    await joined(other);
    await note('operator.signed_in', 'opr_x');
    await note('setting.changed', 'setting:topup.limits');
    await note('user.blocked', 'usr_x');
    await told(other).toBe(3);
    await told(one).toBe(1);
    expect(kinds(one)).toEqual(['Person blocked']);
    expect(other.heard[1]?.data).toContain('topup.limits');
  });

  test('speaks the language of its operator', async () => {
    const thai = await colleague(world, owner, 'support');
    await setOperatorLanguage(thai.ctx, { language: 'th' });
    const ear = await hear(thai.token);
    await joined(ear);
    await note('user.blocked', 'usr_x');
    await told(ear).toBe(1);
    expect(kinds(ear)).toEqual(['ระงับผู้ใช้']);
  });

  test('shows signs of life while nothing happens, and where to go on from', async () => {
    const ear = await hear(owner.token);
    await expect.poll(() => ear.beats).toBeGreaterThan(3);
    expect(ear.heard).toEqual([]);
    const before = ear.lastId;
    await note('topup.expired', 'top_x'); // of which nobody is told
    await expect.poll(() => ear.lastId).not.toBe(before);
    expect(ear.heard).toEqual([]);
  });

  test('is refused to whoever is not signed in, and answers HEAD without beginning', async () => {
    for (const token of ['', 'x'.repeat(43)]) {
      const { response } = await listen(served.origin, token);
      expect([response.status, response.headers.get('location')]).toEqual([303, '/admin/sign-in']);
    }
    for (let n = 0; n < 6; n++) {
      const headers = { cookie: `panel=${owner.token}` };
      expect((await fetch(`${served.origin}/admin/live`, { method: 'HEAD', headers })).status).toBe(200);
    }
    expect((await hear(owner.token)).response.status).toBe(200);
  });

  test('is open at most four times a session, and a closed one makes room', async () => {
    const { token } = await colleague(world, owner, 'support');
    for (let n = 0; n < 4; n++) expect((await hear(token)).response.status).toBe(200);
    const fifth = await hear(token); // live.too_many
    expect(fifth.response.status).toBe(429);
    ears[0]?.stop();
    await ears[0]?.over;
    await expect.poll(async () => (await hear(token)).response.status).toBe(200);
  });
});

describe('the stream ends', () => {
  const leaving: [string, (operator: TestOperator) => Promise<unknown>][] = [
    ['when its session is ended', async (one) => signOut(one.ctx, { sessionId: (await one.open())?.session.id ?? '' })],
    ['when its operator is disabled', async (one) => disableOperator(owner.ctx, await seen(world, one))],
    [
      'when the role of its operator changes',
      async (one) => changeRole(owner.ctx, { ...(await seen(world, one)), role: 'auditor' }),
    ],
    ['when its operator reads another language', (one) => setOperatorLanguage(one.ctx, { language: 'th' })],
  ];
  test.each(leaving)('%s', async (_, leave) => {
    const one = await colleague(world, owner, 'support');
    const ear = await hear(one.token);
    await joined(ear);
    await leave(one);
    await ended(ear);
  });

  test('with its session, which it does not keep alive', async () => {
    const one = await colleague(world, owner, 'support');
    const ear = await hear(one.token);
    await joined(ear);
    for (let n = 0; n < 3; n++) {
      world.clock.pass(9 * 60_000);
      const { beats } = ear;
      await expect.poll(() => ear.beats).toBeGreaterThan(beats + 1);
    }
    world.clock.pass(4 * 60_000);
    await ended(ear);
    const { response } = await listen(served.origin, one.token);
    expect(response.headers.get('location')).toBe('/admin/sign-in');
  });

  test('when the service stops, so that nobody waits for it', async () => {
    const other = await servePanel();
    const boss = await firstOwner(other.world);
    const open = [await listen(other.origin, boss.token), await listen(other.origin, boss.token)];
    await Promise.all(open.map(joined));
    const beganMs = performance.now();
    await other.close();
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    await Promise.all(open.map(ended));
  });
});

describe('the reader', () => {
  /** A listener on a feed of the test's own; what it hears is its list. */
  function on(feed: Feed, sessionId: string, draw?: Listener['draw']) {
    const heard: string[] = [];
    const listener = {
      ctx: owner.ctx,
      door: world.ctx({ kind: 'panel', address: '10.0.0.1' }),
      token: owner.token,
      sessionId,
      role: 'owner',
      language: 'en',
      draw: draw ?? (async (event) => event.subject),
    } satisfies Listener;
    const stream = feed.open(listener, undefined);
    return { heard, stream };
  }

  async function read({ heard, stream }: ReturnType<typeof on>) {
    const decoder = new TextDecoder();
    for await (const chunk of stream) heard.push(...(decoder.decode(chunk).match(/(?<=^data: ).*/gm) ?? []));
  }

  const pace = { readMs: 20, checkMs: 60_000, heartbeatMs: 60_000 };

  test('asks the database as often for thirty pages as for one, and not at all for none', async () => {
    let asked = 0;
    const ctx = world.ctx({ kind: 'job', name: 'panel' });
    const db = new Proxy(ctx.db, {
      get(target, name, self) {
        if (name === 'select') asked += 1;
        return Reflect.get(target, name, self);
      },
    });
    const closing = new AbortController();
    const feed = new Feed({ ...ctx, db }, { closing: closing.signal, livePace: pace });
    const perEvent = async (pages: number) => {
      const open = Array.from({ length: pages }, (_, n) => on(feed, `${pages}-${n}`));
      for (const one of open) void read(one);
      await note('user.blocked', 'usr_ready');
      await expect
        .poll(() => open.every(({ heard }) => heard.length > 0) || note('user.blocked', 'usr_ready').then(() => false))
        .toBe(true);
      const before = asked;
      const rounds = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 400));
      return ((asked - before) * 20) / (performance.now() - rounds); // selects a round, at most
    };
    const [one, thirty] = [await perEvent(1), await perEvent(30)];
    expect(one).toBeLessThanOrEqual(4.5);
    expect(thirty).toBeLessThanOrEqual(4.5);
    closing.abort();
    await new Promise((resolve) => setTimeout(resolve, 60));
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toBe(before);
  });

  test('tells somebody who comes while others are being told only what is new from then on', async () => {
    const closing = new AbortController();
    const feed = new Feed(world.ctx({ kind: 'job', name: 'panel' }), { closing: closing.signal, livePace: pace });
    let late: ReturnType<typeof on> | undefined;
    const first = on(feed, 'first', async ({ subject }) => {
      if (subject === 'usr_before' && !late) {
        late = on(feed, 'late');
        void read(late);
      }
      return subject;
    });
    void read(first);
    const noteUntilHeard = (subject: string, { heard }: ReturnType<typeof on>) =>
      expect.poll(() => heard.includes(subject) || note('user.blocked', subject).then(() => false)).toBe(true);
    await noteUntilHeard('usr_ready', first);
    await note('user.blocked', 'usr_before'); // once: every one of them is read before anybody late is there
    await expect.poll(() => late).toBeDefined();
    if (late) await noteUntilHeard('usr_after', late);
    expect(new Set(late?.heard)).toEqual(new Set(['usr_after']));
    closing.abort();
  });

  test('lets go of a page that takes nothing in, and of nobody else', async () => {
    const closing = new AbortController();
    const feed = new Feed(world.ctx({ kind: 'job', name: 'panel' }), { closing: closing.signal, livePace: pace });
    const large = on(feed, 'slow', async () => 'x'.repeat(200_000));
    const quick = on(feed, 'quick');
    void read(quick);
    await expect
      .poll(async () => {
        await note('user.blocked', 'usr_x');
        return quick.heard.length;
      })
      .toBeGreaterThan(6);
    let bytes = 0;
    for await (const chunk of large.stream) bytes += chunk.length; // ends by itself: it was closed
    expect(bytes).toBeLessThan(1_000_000);
    closing.abort();
  });

  test('goes on when the database was away, and a picture that fails ends one page alone', async () => {
    let isAway = false;
    const ctx = world.ctx({ kind: 'job', name: 'panel' });
    const db = new Proxy(ctx.db, {
      get(target, name, self) {
        if (isAway) throw new Error('away');
        return Reflect.get(target, name, self);
      },
    });
    const closing = new AbortController();
    const feed = new Feed({ ...ctx, db }, { closing: closing.signal, livePace: pace });
    const [sound, broken] = [on(feed, 'sound'), on(feed, 'broken', () => Promise.reject(new Error('no words')))];
    void read(sound);
    const over = read(broken);
    await expect
      .poll(async () => {
        await note('user.blocked', 'usr_y');
        return sound.heard.length;
      })
      .toBeGreaterThan(0);
    await over;
    isAway = true;
    await note('user.unblocked', 'usr_away');
    await new Promise((resolve) => setTimeout(resolve, 60));
    isAway = false;
    await expect.poll(() => sound.heard.at(-1)).toBe('usr_away');
    closing.abort();
  });
});

test('a session of the past opens no stream', async () => {
  const one = await colleague(world, owner, 'support');
  const browser = visitor(served.origin);
  await browser.post('/admin/sign-in', { email: one.email, password: PASSWORD });
  const waiting = await listen(served.origin, browser.token); // the password alone
  expect(waiting.response.headers.get('location')).toBe('/admin/second-factor');
});
