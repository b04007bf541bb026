import { afterAll, beforeAll, expect, test } from 'vitest';
import type { roles } from '../../../src/core/access.ts';
import { writeAudit } from '../../../src/core/audit.ts';
import { inTransaction } from '../../../src/core/context.ts';
import { adjustWallet } from '../../../src/core/money/byHand.ts';
import { returnSuspense } from '../../../src/core/money/suspense.ts';
import { alertOperators } from '../../../src/core/notices/alert.ts';
import { disableOperator } from '../../../src/core/ops/operator.ts';
import { listRecent, markOfReading, parseMark, type Reading, readOn, writeMark } from '../../../src/core/ops/recent.ts';
import { recentKinds, seesKind } from '../../../src/core/ops/recentKinds.ts';
import { hasText, languages } from '../../../src/core/text/text.ts';
import { job, lastSuspense, newTopup, record } from '../../support/money.ts';
import { colleague, firstOwner, seen, type TestOperator } from '../../support/operators.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
let owner: TestOperator;
beforeAll(async () => {
  world = await createWorld();
  owner = await firstOwner(world);
});
afterAll(() => world.close());

/** A reader who has heard everything so far. */
async function reader() {
  let reading: Reading | undefined = (await readOn(world.ctx(job), undefined)).reading;
  return {
    async next() {
      const answer = await readOn(world.ctx(job), reading);
      reading = answer.reading;
      return answer.events;
    },
    get mark() {
      if (!reading) throw new Error('nothing was read');
      return markOfReading(reading);
    },
  };
}

const note = (action: string, subject: string) =>
  inTransaction(world.ctx(job), (ctx) => writeAudit(ctx, action, subject));

test('every kind has words in both languages and a permission', () => {
  for (const kind of Object.keys(recentKinds))
    for (const language of languages) expect([kind, hasText(language, `panel.event_${kind}`)]).toEqual([kind, true]);
});

test('money, people and alerts are told with whom and what they are about', async () => {
  const ear = await reader();
  const { userId } = await world.person('Somsri');
  const topup = await newTopup(world, userId, 500_00n);
  await record(world, paid(topup.reference, 500_00n));
  await record(world, paid('TU0000000001', 75_00n));
  const held = await lastSuspense(world);
  world.clock.pass(1_000);
  await returnSuspense(owner.ctx, { suspenseId: held.id, reason: 'sent back' });
  await adjustWallet(owner.ctx, { userId, amountSatang: -20_00n, reason: 'by mistake', requestKey: 'recent' });
  const events = await ear.next();
  expect(
    events.map((event) => [event.kind, event.personName, event.reference, event.amountSatang, event.leadsTo]),
  ).toEqual([
    ['user.joined', 'Somsri', undefined, undefined, userId],
    ['topup.opened', 'Somsri', topup.reference, 500_00n, topup.id],
    ['topup.settled', 'Somsri', topup.reference, 500_00n, topup.id],
    ['payment.suspended', undefined, 'TU0000000001', 75_00n, held.id],
    ['alert', undefined, 'TU0000000001', 75_00n, held.id],
    ['suspense.returned', undefined, 'TU0000000001', 75_00n, held.id],
    ['wallet.adjusted', 'Somsri', undefined, -20_00n, userId],
  ]);
  expect(events.at(-1)?.operatorName).toBe('Malee');
  expect(await ear.next()).toEqual([]);
});

test('what is done to an operator names that operator', async () => {
  const other = await colleague(world, owner, 'auditor', 'Kanya');
  const ear = await reader();
  await disableOperator(owner.ctx, await seen(world, other));
  expect((await ear.next()).map(({ kind, operatorName }) => [kind, operatorName])).toEqual([
    ['operator.disabled', 'Kanya'],
  ]);
});

test('support is told of money and people, and not of operators and settings', async () => {
  const see = (role: (typeof roles)[number]) =>
    Object.keys(recentKinds).filter((kind) => seesKind(role, kind as keyof typeof recentKinds)); // its own keys
  expect(see('support').some((kind) => /^(operator|setting)\./.test(kind))).toBe(false);
  expect(see('support')).toEqual(expect.arrayContaining(['topup.settled', 'wallet.adjusted', 'user.joined', 'alert']));
  for (const role of ['owner', 'manager', 'auditor'] as const) expect(see(role)).toEqual(Object.keys(recentKinds));
  const support = await colleague(world, owner, 'support');
  const kinds = (await listRecent(support.ctx)).events.map(({ kind }) => kind);
  expect(kinds).toContain('user.joined');
  expect(kinds.filter((kind) => kind.startsWith('operator.'))).toEqual([]);
  expect((await listRecent(owner.ctx)).events.map(({ kind }) => kind)).toContain('operator.signed_in');
});

test('a line that is committed after a later one is told all the same', async () => {
  const ear = await reader();
  const other = world.another();
  const turn = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const slow = inTransaction(other, async (ctx) => {
    await writeAudit(ctx, 'user.blocked', 'usr_slow');
    written.resolve();
    await turn.promise;
  });
  await written.promise;
  const before = ear.mark.audit;
  await note('user.unblocked', 'usr_fast');
  expect((await ear.next()).map(({ subject }) => subject)).toEqual(['usr_fast']);
  expect(ear.mark.audit).toBe(before); // whoever goes on from here is told of both
  turn.resolve();
  await slow;
  expect((await ear.next()).map(({ subject }) => subject)).toEqual(['usr_slow']);
  expect(ear.mark.audit).toBe(before + 2n);
});

test('the page goes on from a mark, and is told what came since and nothing before', async () => {
  const { mark } = await listRecent(owner.ctx);
  expect((await listRecent(owner.ctx, { after: mark })).events).toEqual([]);
  await note('user.blocked', 'usr_later');
  await inTransaction(world.ctx(job), (ctx) => alertOperators(ctx, 'notice.failed', 'ntc_1'));
  const after = parseMark(writeMark(mark));
  const { events } = await listRecent(owner.ctx, { after });
  expect(events.map(({ subject }) => subject).sort()).toEqual(['ntc_1', 'usr_later']);
});

test.each(['', '1', '1.', 'x.1', '1.2.3', '-1.2', '1e3.1', '9999999999999999999.1'])('%j is no mark', (text) => {
  expect(parseMark(text)).toBeUndefined();
});

test('the list is bounded, and of a flood the newest are told', async () => {
  const ear = await reader();
  await inTransaction(world.ctx(job), async (ctx) => {
    for (let n = 0; n < 520; n++) await writeAudit(ctx, 'user.blocked', `usr_${n}`);
  });
  const events = await ear.next();
  expect([events.length, events.at(-1)?.subject]).toEqual([500, 'usr_519']);
  expect(await ear.next()).toEqual([]);
  expect((await listRecent(owner.ctx)).events).toHaveLength(20);
});
