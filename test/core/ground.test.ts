import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actorName, requireActor, requireSelf } from '../../src/core/access.ts';
import { bangkokDay, bangkokDayStart, bangkokMinuteOfDay } from '../../src/core/clock.ts';
import { inTransaction } from '../../src/core/context.ts';
import { isDatabaseAway, isRetriable } from '../../src/core/db.ts';
import { Refusal, refusalCodes, statusOf } from '../../src/core/error.ts';
import { idMaker, randomCode, type UserId } from '../../src/core/id.ts';
import { createVault } from '../../src/core/vault.ts';
import { job } from '../support/money.ts';
import { createWorld, testClock, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('ids', () => {
  test('sort by birth, within one millisecond too, and when the clock steps back', () => {
    const clock = testClock();
    const newId = idMaker(() => clock.now());
    const ids: string[] = [];
    for (let n = 0; n < 3000; n++) {
      ids.push(newId('top'));
      if (n % 100 === 0) clock.pass(n % 500 === 0 ? -5 : 3);
    }
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^top_[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  test('of two makers at the same moment differ', () => {
    const now = () => new Date(0);
    expect(idMaker(now)('x')).not.toBe(idMaker(now)('x'));
  });

  test('fit a button together with the longest verb', () => {
    const id = idMaker(() => new Date())('top');
    expect(Buffer.byteLength(`settings.quiet_off|${id}`)).toBeLessThanOrEqual(64);
  });

  test('random codes use every letter of the alphabet about equally', () => {
    const counts = new Map<string, number>();
    for (const letter of randomCode(32_000)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(32);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250);
  });
});

describe('the vault', () => {
  const key = (id: string, n: number) => ({ id, key: Buffer.alloc(32, n) });
  const vault = createVault([key('k2', 2), key('k1', 1)]);
  const old = createVault([key('k1', 1)]);

  test('opens what it sealed, and seals the same text differently each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, binding) => {
        const text = plain.toWellFormed();
        const sealed = vault.seal(text, binding);
        expect(vault.open(sealed, binding)).toBe(text);
        expect(vault.seal(text, binding)).not.toBe(sealed);
        if (text.length > 8) expect(sealed).not.toContain(text);
      }),
    );
  });

  test('opens nothing for another row, nor anything that was touched', () => {
    const sealed = vault.seal('secret', 'row:1');
    expect(() => vault.open(sealed, 'row:2')).toThrow();
    const parts = sealed.split('.');
    for (let part = 2; part < 5; part++) {
      const bytes = Buffer.from(parts[part] ?? '', 'base64url');
      for (let at = 0; at < bytes.length; at++) {
        const touched = Buffer.from(bytes);
        touched[at] = (touched[at] ?? 0) ^ 1;
        const copy = parts.with(part, touched.toString('base64url')).join('.');
        expect(() => vault.open(copy, 'row:1')).toThrow();
      }
    }
    // A shorter tag is easier to guess, so only a whole one counts.
    const short = Buffer.from(parts[4] ?? '', 'base64url')
      .subarray(0, 12)
      .toString('base64url');
    expect(() => vault.open(parts.with(4, short).join('.'), 'row:1')).toThrow();
    for (const junk of ['', 'v1', 'v2.k1.a.b.c', sealed.slice(3), `${parts.slice(0, 4).join('.')}.`])
      expect(() => vault.open(junk, 'row:1')).toThrow();
  });

  test('rotates: the first key seals, older ones open, and say that they are old', () => {
    const sealed = old.seal('secret', 'row');
    expect([vault.open(sealed, 'row'), vault.isOld(sealed), vault.isOld(vault.seal('x', 'row'))]).toEqual([
      'secret',
      true,
      false,
    ]);
    expect(() => old.open(vault.seal('x', 'row'), 'row')).toThrow(/no key "k2" in SECRET_KEY/);
  });

  test('makes different macs for different purposes and keys, the same for the same', () => {
    const data = Buffer.from('data');
    const mac = (purpose: string, keyId?: string) => vault.mac(purpose, data, keyId).mac.toString('hex');
    expect(mac('audit')).toBe(mac('audit', 'k2'));
    expect(new Set([mac('audit'), mac('link'), mac('audit', 'k1')]).size).toBe(3);
    expect(() => vault.mac('audit', data, 'k9')).toThrow();
  });

  test('needs a key', () => {
    expect(() => createVault([])).toThrow();
  });
});

describe('Bangkok days', () => {
  test('begin at 17:00 UTC, and only days of the calendar begin', () => {
    expect(bangkokDayStart('2026-11-21')?.toISOString()).toBe('2026-11-20T17:00:00.000Z');
    for (const none of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '26-01-01', '', 'today', '2026-1-1'])
      expect(bangkokDayStart(none)).toBeUndefined();
    expect(bangkokDayStart('2028-02-29')).toBeDefined();
  });

  test('and their minutes count from 0 to 1439', () => {
    expect(bangkokMinuteOfDay(new Date('2026-11-20T17:00:00Z'))).toBe(0);
    expect(bangkokMinuteOfDay(new Date('2026-11-21T16:59:59.999Z'))).toBe(1439);
    fc.assert(
      fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), (at) => {
        const start = bangkokDayStart(bangkokDay(at));
        expect(start && Math.floor((at.getTime() - start.getTime()) / 60_000)).toBe(bangkokMinuteOfDay(at));
      }),
    );
  });
});

describe('access', () => {
  const me = 'usr_me' as UserId;
  test('a user acts for themselves alone, operators and jobs for anybody, gateways and chats for nobody', () => {
    const may = (actor: Parameters<typeof actorName>[0]) => {
      try {
        requireSelf({ actor }, me);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'access.denied', kind: 'forbidden' });
        return false;
      }
    };
    expect(may({ kind: 'user', userId: me })).toBe(true);
    expect(may({ kind: 'user', userId: 'usr_else' as UserId })).toBe(false);
    expect(may({ kind: 'operator', role: 'owner', operatorId: 'o' })).toBe(true);
    expect(may(job)).toBe(true);
    expect(may({ kind: 'gateway', provider: 'hook' })).toBe(false);
    expect(may({ kind: 'chat', provider: 'local' })).toBe(false);
    expect(() => requireActor({ actor: job }, 'operator', 'gateway')).toThrow(Refusal);
  });

  test('every actor has a name for audit lines', () => {
    const names = [
      actorName({ kind: 'user', userId: me }),
      actorName({ kind: 'operator', role: 'owner', operatorId: 'o' }),
      actorName({ kind: 'gateway', provider: 'hook' }),
      actorName({ kind: 'chat', provider: 'local' }),
      actorName({ kind: 'job', name: 'j' }),
    ];
    expect(names).toEqual(['user:usr_me', 'operator:o', 'gateway:hook', 'chat:local', 'job:j']);
  });
});

describe('a transaction', () => {
  test('hands on the ground alone: no port is in reach', async () => {
    const keys = await inTransaction(world.ctx(job), async (ctx) => Object.keys(ctx).sort());
    expect(keys).toEqual(['actor', 'clock', 'db', 'inside', 'log', 'newId']);
  });

  test('inside another one is a bug and says so', async () => {
    const nested = inTransaction(world.ctx(job), (ctx) => inTransaction(ctx, async () => {}));
    await expect(nested).rejects.toThrow(/TxContext/);
  });

  test('is run again after a deadlock or a serialisation failure, five times at most, and not after anything else', async () => {
    const runs = async (code: string) => {
      let n = 0;
      const failing = inTransaction(world.ctx(job), async () => {
        n += 1;
        throw Object.assign(new Error(code), { code });
      });
      await expect(failing).rejects.toThrow(code);
      return n;
    };
    expect([await runs('40P01'), await runs('40001'), await runs('23505')]).toEqual([5, 5, 1]);
  });

  test('that fails once with a deadlock succeeds', async () => {
    let n = 0;
    const result = await inTransaction(world.ctx(job), async () => {
      n += 1;
      if (n === 1) throw new Error('wrapped', { cause: Object.assign(new Error('x'), { code: '40P01' }) });
      return 'done';
    });
    expect(result).toBe('done');
  });
});

test('what means that the database is away is told from what it refuses', () => {
  const coded = (code: string) => new Error('outer', { cause: Object.assign(new Error('inner'), { code }) });
  for (const code of [
    'ECONNREFUSED',
    'CONNECTION_CLOSED',
    'CONNECT_TIMEOUT',
    '57P01',
    '57P03',
    '53300',
    '08006',
    '25006',
  ])
    expect([code, isDatabaseAway(coded(code))]).toEqual([code, true]);
  for (const code of ['23505', '40P01', '22021', '57014', 'LK001'])
    expect([code, isDatabaseAway(coded(code))]).toEqual([code, false]);
  expect([isDatabaseAway(undefined), isDatabaseAway('x'), isRetriable(coded('40001'))]).toEqual([false, false, true]);
});

test('every refusal has an HTTP status', () => {
  for (const code of refusalCodes) expect(statusOf[new Refusal(code).kind]).toBeGreaterThanOrEqual(400);
});
