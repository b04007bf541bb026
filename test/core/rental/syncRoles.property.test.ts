import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import { identity } from '../../../src/core/people/tables.ts';
import { blockUser, unblockUser } from '../../../src/core/people/user.ts';
import { clearGuildRole, setGuildRole } from '../../../src/core/rental/guildRole.ts';
import { refundContract } from '../../../src/core/rental/operate.ts';
import { syncRoles } from '../../../src/core/rental/syncRoles.ts';
import { guildGrant } from '../../../src/core/rental/tables.ts';
import { type MemoryGuilds, memoryGuilds } from '../../support/guilds.ts';
import { job, operator } from '../../support/money.ts';
import { BASIC, PREMIUM, rentedBy } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

/** A longer look: `ROLES_RUNS=200 npx vitest run test/core/rental/syncRoles.property.test.ts`; one again: `ROLES_SEED`. */
const RUNS = Number(process.env.ROLES_RUNS ?? 12);
const SEED = process.env.ROLES_SEED;
const PEOPLE = 5;
const GUILDS = ['900', '901'];
const PLANS = [BASIC, PREMIUM];
/** Two roles of a server; both plans may have one and the same. */
const ROLES = ['1', '2'];

type Trouble = 'killed_before' | 'killed_after' | 'away';
type Act =
  | { does: 'rent'; who: number; plan: number }
  | { does: 'end' | 'block' | 'unblock'; who: number }
  | { does: 'join' | 'leave'; who: number; guild: number }
  | { does: 'set'; guild: number; plan: number; role: number }
  | { does: 'clear'; guild: number; plan: number }
  | { does: 'pass'; minutes: number }
  | { does: 'round'; trouble: Trouble | null; after: number; twice: boolean };

const who = fc.nat(PEOPLE - 1);
const guild = fc.nat(GUILDS.length - 1);
const plan = fc.nat(PLANS.length - 1);
const round = fc.record({
  does: fc.constant('round' as const),
  trouble: fc.constantFrom<Trouble | null>(null, null, 'killed_before', 'killed_after', 'away'),
  after: fc.nat(3),
  twice: fc.boolean(),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ does: fc.constant('rent' as const), who, plan }),
  fc.record({ does: fc.constantFrom('end' as const, 'block' as const, 'unblock' as const), who }),
  fc.record({ does: fc.constantFrom('join' as const, 'leave' as const), who, guild }),
  fc.record({ does: fc.constant('set' as const), guild, plan, role: fc.nat(ROLES.length - 1) }),
  fc.record({ does: fc.constant('clear' as const), guild, plan }),
  fc.record({ does: fc.constant('pass' as const), minutes: fc.constantFrom(1, 4, 6, 61, 400) }),
  { weight: 4, arbitrary: round },
);
const story = fc.array(act, { minLength: 10, maxLength: 50 });

/** What should be, kept as plainly as can be. */
interface Model {
  people: { userId: UserId; subject: string; plan: string | null; contractId: string; isBlocked: boolean }[];
  roles: Map<string, string>;
}

function expected({ people, roles }: Model, guilds: MemoryGuilds): string[] {
  const out = new Set<string>();
  for (const [key, roleId] of roles) {
    const [guildId = '', planId] = key.split(' ');
    for (const person of people)
      if (person.plan === planId && !person.isBlocked && guilds.servers.get(guildId)?.members.has(person.subject))
        out.add(`${guildId} ${person.subject} ${roleId}`);
  }
  return [...out];
}

const GUEST = 'a guest';
/** Somebody we do not know, who was given every role by hand. */
const byHand = GUILDS.flatMap((id) => ROLES.map((role) => `${id} ${GUEST} ${id}${role}`));

test('whatever happens in whatever order, in the end everybody has just what their contract says', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const world = await createWorld();
      try {
        const guilds = memoryGuilds();
        const model = await begin(world, guilds);
        for (const step of steps) {
          await carryOut(world, guilds, model, step);
          await nothingForgotten(world, guilds);
        }
        for (let i = 0; i < 3; i++) {
          world.clock.pass(25 * 3_600_000); // beyond every lease and every pause, and a day after everything
          await syncRoles({ ...world.ctx(job), guilds });
        }
        expect(guilds.held()).toEqual([...expected(model, guilds), ...byHand].sort());
        const asked = guilds.calls.length;
        await syncRoles({ ...world.ctx(job), guilds });
        expect(guilds.calls.length).toBe(asked); // and a quiet round is quiet
      } finally {
        await world.close();
      }
    }),
    { numRuns: RUNS, ...(SEED ? { seed: Number(SEED) } : {}) },
  );
}, 280_000);

async function begin(world: World, guilds: MemoryGuilds): Promise<Model> {
  const model: Model = { people: [], roles: new Map() };
  for (let n = 0; n < PEOPLE; n++) {
    const { userId, identity } = await world.person(`P${n}`, 'discord');
    model.people.push({ userId, subject: identity.subject, plan: null, contractId: '', isBlocked: false });
  }
  for (const id of GUILDS) {
    const server = guilds.addServer(id);
    for (const role of ROLES) server.addRole(`${id}${role}`);
    for (const { subject } of model.people.slice(0, 3)) server.join(subject);
    server.members.set(GUEST, new Set(ROLES.map((role) => `${id}${role}`)));
  }
  return model;
}

/** Whatever one of ours has in a server, there is a row that will take it back one day. */
async function nothingForgotten(world: World, guilds: MemoryGuilds): Promise<void> {
  const rows = await world
    .ctx(job)
    .db.select({ guildId: guildGrant.guildId, subject: identity.subject, roleId: guildGrant.roleId })
    .from(guildGrant)
    .innerJoin(identity, eq(identity.id, guildGrant.identityId));
  const known = new Set(rows.map(({ guildId, subject, roleId }) => `${guildId} ${subject} ${roleId}`));
  expect(guilds.held().filter((line) => !known.has(line) && !byHand.includes(line))).toEqual([]);
}

async function carryOut(world: World, guilds: MemoryGuilds, model: Model, step: Act): Promise<void> {
  switch (step.does) {
    case 'pass':
      world.clock.pass(step.minutes * 60_000);
      return;
    case 'round':
      return rounds(world, guilds, step);
    case 'set':
    case 'clear':
      return configure(world, guilds, model, step);
    case 'join':
    case 'leave': {
      const [server, person] = [guilds.servers.get(GUILDS[step.guild] ?? ''), model.people[step.who]];
      if (server && person) server[step.does](person.subject);
      return;
    }
    default:
      return live(world, model, step);
  }
}

type Life = Extract<Act, { does: 'rent' | 'end' | 'block' | 'unblock' }>;

async function live(world: World, { people }: Model, step: Life): Promise<void> {
  const person = people[step.who];
  if (!person) return;
  const { userId } = person;
  const [ops, reason] = [world.ctx(operator), 'why'];
  if (step.does === 'block') {
    await blockUser(ops, { userId, reason });
    person.isBlocked = true;
  } else if (step.does === 'unblock') {
    await unblockUser(ops, { userId, reason });
    person.isBlocked = false;
  } else if (step.does === 'end' && person.plan) {
    await refundContract(ops, { contractId: person.contractId, reason });
    person.plan = null;
  } else if (step.does === 'rent' && !person.plan && !person.isBlocked) {
    const planId = PLANS[step.plan] ?? BASIC;
    person.contractId = (await rentedBy(world, userId, planId)).contractId;
    person.plan = planId ?? null;
  }
}

type Configuration = Extract<Act, { does: 'set' | 'clear' }>;

async function configure(world: World, guilds: MemoryGuilds, { people, roles }: Model, step: Configuration) {
  const admin = people.find(({ isBlocked }) => !isBlocked);
  const [guildId, planId] = [GUILDS[step.guild] ?? '', PLANS[step.plan] ?? ''];
  if (!admin) return;
  const ctx = { ...world.ctx({ kind: 'user', userId: admin.userId }), guilds };
  const server = { id: guildId, manages: true, roles: [] };
  if (step.does === 'clear') {
    await clearGuildRole(ctx, { server, planId });
    roles.delete(`${guildId} ${planId}`);
    return;
  }
  const roleId = `${guildId}${ROLES[step.role]}`;
  await setGuildRole(ctx, { server, planId, roleId });
  roles.set(`${guildId} ${planId}`, roleId);
}

/** One round, or two at once; after `after` calls one of them goes wrong, as a killed process or a busy chat would. */
async function rounds(world: World, guilds: MemoryGuilds, step: Extract<Act, { does: 'round' }>): Promise<void> {
  let left = step.after;
  const isNow = () => left-- === 0;
  const killed = () => {
    throw new Error('killed');
  };
  guilds.before = () => {
    if (step.trouble === 'killed_before' && isNow()) killed();
    return step.trouble === 'away' && isNow() ? { retryAfterMs: 90_000 } : undefined;
  };
  guilds.after = () => {
    if (step.trouble === 'killed_after' && isNow()) killed();
  };
  const ctx = { ...world.ctx(job), guilds };
  await Promise.all([syncRoles(ctx), ...(step.twice ? [syncRoles(ctx)] : [])]);
  Object.assign(guilds, { before: () => undefined, after: () => {} });
}
