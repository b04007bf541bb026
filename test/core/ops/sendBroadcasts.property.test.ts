import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minutes, seconds } from '../../../src/core/clock.ts';
import type { Context } from '../../../src/core/context.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { cancelBroadcast } from '../../../src/core/notices/broadcast.ts';
import { deliverNotices } from '../../../src/core/notices/notice.ts';
import { sendBroadcasts } from '../../../src/core/ops/sendBroadcasts.ts';
import { identitiesOf } from '../../../src/core/people/identity.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { newsOf, reread, started } from '../../support/broadcasts.ts';
import { job, operator } from '../../support/money.ts';
import { createWorld, testCourier, type World } from '../../support/world.ts';

const PEOPLE = 9;
const someone = fc.nat(PEOPLE - 1);

type Step =
  | { does: 'send'; times: number }
  | { does: 'killed'; after: number }
  | { does: 'deliver' }
  | { does: 'pass'; secs: number }
  | { does: 'join'; from: number; into: number }
  | { does: 'block'; who: number }
  | { does: 'cancel' };

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ does: fc.constant('send' as const), times: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('killed' as const), after: fc.nat(5) }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant('deliver' as const) }) },
    { weight: 5, arbitrary: fc.record({ does: fc.constant('pass' as const), secs: fc.integer({ min: 1, max: 90 }) }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('join' as const), from: someone, into: someone }) },
    fc.record({ does: fc.constant('block' as const), who: someone }),
    fc.record({ does: fc.constant('cancel' as const) }),
  ) as fc.Arbitrary<Step>,
  { minLength: 3, maxLength: 25 },
);

/** What has become of the people: who is who by now, and how often each was told. */
class Crowd {
  readonly world: World;
  readonly ids: UserId[];
  readonly blocked = new Set<UserId>();
  /** The most often that somebody may have been told: twice for two who were told before they were one. */
  readonly most = new Map<UserId, number>();
  private readonly joined = new Map<UserId, UserId>();
  private readonly told: () => string[];

  constructor(world: World, ids: UserId[], told: () => string[]) {
    this.world = world;
    this.ids = ids;
    this.told = told;
  }

  now(id: UserId): UserId {
    const into = this.joined.get(id);
    return into ? this.now(into) : id;
  }

  async times(id: UserId): Promise<number> {
    const mine = new Set((await identitiesOf(this.world.ctx(job), id)).map((login) => login.subject));
    return this.told().filter((subject) => mine.has(subject)).length;
  }

  async join(from: UserId, into: UserId): Promise<void> {
    if (from === into || this.blocked.has(from) || this.blocked.has(into)) return;
    const issuer = this.world.ctx({ kind: 'user', userId: into });
    const { code } = await createLinkCode(issuer, { userId: into });
    const claimant = this.world.ctx({ kind: 'user', userId: from });
    const link = await claimLink(claimant, { userId: from, code });
    await agreeToJoin(claimant, { userId: from, linkId: link.id });
    this.joined.set(from, into);
    this.most.set(into, Math.max(1, await this.times(into)));
  }
}

async function take(world: World, crowd: Crowd, broadcastId: string, step: Step): Promise<void> {
  const ctx = world.ctx(job);
  const at = (n: number) => crowd.now(crowd.ids[n] ?? expect.fail('nobody'));
  if (step.does === 'send')
    await Promise.all(Array.from({ length: step.times }, (_, n) => sendBroadcasts(n ? other(world) : ctx)));
  if (step.does === 'killed') await sendBroadcasts(dying(ctx, step.after)).catch(() => {});
  if (step.does === 'deliver') await deliverNotices(ctx, 50, 'broadcast');
  if (step.does === 'pass') world.clock.pass(seconds(step.secs));
  if (step.does === 'join') await crowd.join(at(step.from), at(step.into));
  if (step.does === 'block') {
    crowd.blocked.add(at(step.who));
    await blockUser(world.ctx(operator), { userId: at(step.who), reason: 'why' });
  }
  if (step.does === 'cancel') await cancelBroadcast(world.ctx(operator), { broadcastId }).catch(() => {});
}

const instances = new WeakMap<World, Context>();

/** A second instance, the same one for a whole run. */
function other(world: World): Context {
  const known = instances.get(world) ?? world.another();
  instances.set(world, known);
  return known;
}

function dying(ctx: Context, after: number): Context {
  let left = after;
  const newId = (prefix: string) => {
    left -= 1;
    if (left < 0) throw new Error('killed');
    return ctx.newId(prefix);
  };
  return { ...ctx, newId };
}

async function drain(world: World, broadcastId: string): Promise<void> {
  for (let minute = 0; minute < 20; minute++) {
    await sendBroadcasts(world.ctx(job));
    world.clock.pass(minutes(1));
    await deliverNotices(world.ctx(job), 50, 'broadcast');
    if ((await reread(world, broadcastId)).status !== 'sending') return;
  }
}

test('whatever happens meanwhile, each is told once, at the pace, unless it is cancelled', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(3, 60, 3000), async (taken, perMinute) => {
      const world = await createWorld();
      try {
        const courier = testCourier();
        world.couriers.set('local', courier);
        const ids: UserId[] = [];
        for (let n = 0; n < PEOPLE; n++) ids.push((await world.person(`Person ${n}`)).userId);
        const told = () => courier.delivered.filter((d) => d.notice.kind === 'broadcast.news').map((d) => d.to.subject);
        const crowd = new Crowd(world, ids, told);
        const { id } = await started(world, perMinute);
        for (const step of taken) await take(world, crowd, id, step);
        await drain(world, id);

        const row = await reread(world, id);
        const news = await newsOf(world, id);
        expect(row.status).toBe(taken.some(({ does }) => does === 'cancel') ? row.status : 'done');
        expect(news.filter(({ status }) => status === 'waiting')).toEqual([]);
        expect(row.notices).toBe(news.length);
        const planned = news.map(({ params }) => Date.parse(params.plannedAt ?? '')).sort((a, b) => a - b);
        for (const [n, moment] of planned.entries())
          if (n > 0) expect(moment - (planned[n - 1] ?? 0)).toBeGreaterThanOrEqual(Math.floor(60_000 / perMinute));
        for (const person of new Set(ids.map((each) => crowd.now(each)))) {
          const times = await crowd.times(person);
          expect(times).toBeLessThanOrEqual(crowd.most.get(person) ?? 1);
          if (row.status === 'done' && !crowd.blocked.has(person)) expect(times).toBeGreaterThanOrEqual(1);
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: 20 },
  );
}, 120_000);
