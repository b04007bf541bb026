import { requireActor } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { later, minutes, seconds } from '../clock.ts';
import { type Context, inTransaction } from '../context.ts';
import { type Dealt, faultOf, type Guild, type Guilds, isAway, type RoleFault, takingFaultOf } from './guild.ts';
import {
  countMissing,
  dropAbsent,
  findDue,
  forgetGrants,
  type Grant,
  giveBack,
  isMapped,
  type Leased,
  lease,
  markAbsent,
  markGiven,
  markTaken,
  openGrants,
} from './guildGrant.ts';
import type { GuildContext } from './guildRole.ts';
import { noteState, statesOf, storyOf } from './guildState.ts';

export interface Synced {
  /** Roles that somebody should have and nobody had begun to give. */
  opened: number;
  given: number;
  /** Given before, and given once more to make sure. */
  confirmed: number;
  taken: number;
  /** Somebody is not in the server; tried again later. */
  absent: number;
  /** The server does not let us. */
  refused: number;
  /** Left for another time because the chat is busy or out of reach. */
  away: number;
}

/** More than a server takes of us in a round. */
const MOST_OF_A_ROLE = 100;
const GUILDS_AT_ONCE = 4;
const MOST_PREVIEWED = 1_000_000;
const ROUND_MS = seconds(45);
/** How often a server that refuses us is asked whether it still does. */
const ASK_AGAIN_MINUTES = 15;

/**
 * Brings the roles in servers to what the contracts say. The difference is computed in the database: a round in which
 * nothing has changed asks no server anything. Any number of rounds may run at once; see `guildGrant.ts`. A server whose
 * role cannot be given, for whatever reason, is left alone for a quarter of an hour, and its story in the audit says why.
 */
export async function syncRoles(ctx: GuildContext): Promise<Synced> {
  requireActor(ctx, 'job');
  const out: Synced = { opened: 0, given: 0, confirmed: 0, taken: 0, absent: 0, refused: 0, away: 0 };
  const { guilds } = ctx;
  if (!guilds) return out; // no chat with servers is configured here
  out.opened = await openGrants(ctx);
  await dropAbsent(ctx);
  const endsAt = later(ctx.clock.now(), ROUND_MS);
  const byGuild = [...Map.groupBy(await findDue(ctx, MOST_OF_A_ROLE), ({ guildId }) => guildId)];
  const workers = Array.from({ length: GUILDS_AT_ONCE }, async () => {
    for (let next = byGuild.shift(); next && ctx.clock.now() < endsAt; next = byGuild.shift())
      await workSafely({ ctx, guilds, guildId: next[0], endsAt, out }, next[1]);
  });
  await Promise.all(workers);
  return out;
}

/** How many roles the next round would begin to give, and how many it would give or take. Reads only, and asks no server. */
export async function previewRoles(ctx: Context): Promise<{ opens: number; due: number }> {
  requireActor(ctx, 'job');
  return { opens: await countMissing(ctx), due: (await findDue(ctx, MOST_PREVIEWED)).length };
}

/** The work of one round in one server. */
interface Visit {
  ctx: Context;
  guilds: Guilds;
  guildId: string;
  endsAt: Date;
  out: Synced;
}

async function workSafely(visit: Visit, due: readonly Grant[]): Promise<void> {
  try {
    await workOn(visit, due);
  } catch (error) {
    visit.ctx.log.error(
      { err: error, guild: visit.guildId },
      'the roles of a server failed; its leases bring them back',
    );
  }
}

async function workOn(visit: Visit, due: readonly Grant[]): Promise<void> {
  const { ctx, guilds, guildId, out } = visit;
  const states = await statesOf(ctx, [...new Set(due.map(({ roleId }) => storyOf(guildId, roleId)))]);
  const faultKnown = (roleId: string) => states.get(storyOf(guildId, roleId))?.fault;
  const askAgain = isTurnOf(guildId, ctx.clock.now());
  const open = due.filter(({ roleId }) => askAgain || !faultKnown(roleId));
  if (open.length === 0) return;
  const guild = await guilds.describe(guildId);
  if (isAway(guild)) {
    out.away += open.length;
    return;
  }
  const roles = new Map<string, RoleVisit>();
  for (const grant of open) {
    const { roleId } = grant;
    const role = roles.get(roleId) ?? { ...visit, guild, roleId, faultKnown: faultKnown(roleId), isOver: false };
    roles.set(roleId, role);
    if (role.isOver) continue; // what is against one role stands in no other's way
    if (ctx.clock.now() >= visit.endsAt || (await workOnGrant(role, grant)) === 'away') return;
  }
}

/** Servers that refuse us are spread over the quarter of an hour. */
function isTurnOf(guildId: string, now: Date): boolean {
  const place = [...guildId].reduce((sum, digit) => (sum * 31 + digit.charCodeAt(0)) % 10_007, 7);
  return (Math.floor(now.getTime() / minutes(1)) + place) % ASK_AGAIN_MINUTES === 0;
}

interface RoleVisit extends Visit {
  guild: Guild | 'not_there';
  roleId: string;
  /** What is written down against the role. */
  faultKnown: RoleFault | undefined;
  /** The server said no to this role in this round. */
  isOver: boolean;
}

/** Gives or takes one role. `away`: the server may be asked for nothing more in this round. */
async function workOnGrant(role: RoleVisit, grant: Grant): Promise<'away' | 'done'> {
  const { ctx, guildId, roleId } = role;
  const leased = await lease(ctx, grant);
  if (!leased) return 'done'; // another instance was faster
  const dealt = await deal(role, leased);
  if (isAway(dealt)) {
    role.out.away += 1;
    await giveBack(ctx, leased, dealt.retryAfterMs);
    return 'away';
  }
  const fault = leased.does === 'take' ? await taken(role, leased, dealt) : await given(role, leased, dealt);
  if (fault) {
    role.out.refused += 1;
    role.isOver = true;
    await refused(role, leased, fault);
  } else if (role.faultKnown && dealt === 'done' && !faultSeen(role)) {
    // A role that got powers can be taken and not given: taking it says nothing.
    await noteState(ctx, { guildId, roleId }, undefined);
    role.faultKnown = undefined;
  }
  return 'done';
}

const faultSeen = ({ guild, roleId }: RoleVisit) => (guild === 'not_there' ? guild : faultOf(guild, roleId));

/** Asks the chat, unless what we see of the server says already what it would answer. */
async function deal(visit: RoleVisit, leased: Leased): Promise<Dealt | RoleFault> {
  const { guild, guilds } = visit;
  if (guild === 'not_there') return guild;
  const isGift = leased.does !== 'take';
  const fault = (isGift ? faultOf : takingFaultOf)(guild, leased.roleId);
  if (fault) return fault;
  const { guildId, subject, roleId } = leased;
  return isGift ? guilds.giveRole({ guildId, subject, roleId }) : guilds.takeRole({ guildId, subject, roleId });
}

type Answer = Exclude<Dealt, object> | RoleFault;

/** Writes down what became of giving; what stood against it is the answer. */
async function given({ ctx, out }: Visit, leased: Leased, answer: Answer): Promise<RoleFault | undefined> {
  if (answer === 'done') {
    out[leased.does === 'confirm' ? 'confirmed' : 'given'] += 1;
    await markGiven(ctx, leased);
    return undefined;
  }
  if (answer !== 'not_a_member') return answer;
  out.absent += 1;
  await markAbsent(ctx, leased);
  return undefined;
}

/** The same of taking. Whoever has left the server, and a role that was deleted, has nothing left to take. */
async function taken({ ctx, out }: Visit, leased: Leased, answer: Answer): Promise<RoleFault | undefined> {
  if (answer !== 'done' && answer !== 'not_a_member' && answer !== 'missing') return answer;
  out.taken += 1;
  await markTaken(ctx, leased);
  return undefined;
}

/**
 * The server does not let us. A role that no plan has there any more is left to the server then: who manages it has
 * taken the means from us, and an account would wait for its closing for ever.
 */
async function refused({ ctx, guildId }: Visit, leased: Leased, fault: RoleFault): Promise<void> {
  const role = { guildId, roleId: leased.roleId };
  if (leased.does === 'take' && !(await isMapped(ctx, role))) {
    await inTransaction(ctx, async (ctx) => {
      const members = await forgetGrants(ctx, role);
      await writeAudit(ctx, 'guild.role_left', storyOf(guildId, role.roleId), { why: fault, members });
    });
    return;
  }
  await giveBack(ctx, leased, 0);
  await noteState(ctx, role, fault);
}
