import { and, asc, eq, gt, or } from 'drizzle-orm';
import { actorName, requireActor, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import { lockActiveUser } from '../people/user.ts';
import {
  faultOf,
  type Guild,
  type Guilds,
  lookAt,
  type RoleFault,
  requireGivable,
  type ServerRole,
  takingFaultOf,
} from './guild.ts';
import { noteWithin, type RoleState, statesOf, storyOf } from './guildState.ts';
import type { Plan } from './held.ts';
import { readPlans } from './load.ts';
import { guildRole, plan } from './tables.ts';

export type GuildRole = typeof guildRole.$inferSelect;

/** Without the port no server can be asked: none is configured here. */
export type GuildContext = Context & { guilds?: Guilds | undefined };

/** The server somebody writes from. The chat vouches for all of it. */
export interface Server {
  id: string;
  /** Whether it lets them manage it and its roles. */
  manages: boolean;
  /** The ids of the roles they have there. */
  roles: readonly string[];
}

/** Servers have no operators of ours: whoever manages one there decides about its roles here. */
function requireManager(ctx: Context, server: Server): void {
  requireActor(ctx, 'user');
  if (!server.manages) fail('guild.not_admin');
}

export interface RoleSet {
  plan: Plan;
  guild: Guild;
  role: ServerRole;
}

/**
 * From now on members of this server who hold the plan have the role. Another role that the plan had here is taken from
 * whom we gave it to. Refuses a role that we may not or should not give, each case with its own code.
 */
export async function setGuildRole(
  ctx: GuildContext,
  input: { server: Server; planId: string; roleId: string },
): Promise<RoleSet> {
  requireManager(ctx, input.server);
  const { planId, roleId } = input;
  const guildId = input.server.id;
  const guild = await lookAt(ctx.guilds, guildId);
  const role = requireGivable(guild, roleId);
  return inTransaction(ctx, async (ctx) => {
    if (ctx.actor.kind === 'user') await lockActiveUser(ctx, ctx.actor.userId);
    // Whoever chooses a role for this plan at the same moment waits: a first choice has no row of its own to lock.
    const [of] = await ctx.db.select().from(plan).where(eq(plan.id, planId)).for('no key update');
    if (!of) fail('plan.missing');
    const before = await lockMapping(ctx, guildId, planId);
    await noteWithin(ctx, { guildId, roleId }, undefined); // it has just been looked at
    if (before?.roleId === roleId) return { plan: of, guild, role };
    const set = { roleId, setBy: actorName(ctx.actor), setAt: ctx.clock.now() };
    const target = [guildRole.guildId, guildRole.planId];
    await ctx.db
      .insert(guildRole)
      .values({ guildId, planId, ...set })
      .onConflictDoUpdate({ target, set });
    if (before) await writeAudit(ctx, 'guild.role_cleared', storyOf(guildId, before.roleId), { planId });
    const names = { guild: guild.name, role: role.name };
    await writeAudit(ctx, 'guild.role_set', storyOf(guildId, roleId), { planId, ...names });
    return { plan: of, guild, role };
  });
}

async function lockMapping(ctx: TxContext, guildId: string, planId: string): Promise<GuildRole | undefined> {
  const where = and(eq(guildRole.guildId, guildId), eq(guildRole.planId, planId));
  const [row] = await ctx.db.select().from(guildRole).where(where).for('update');
  return row;
}

export interface RoleCleared {
  /** Nothing when the plan had no role here. */
  cleared: GuildRole | undefined;
  /** What keeps us from taking the role back from those we gave it to; `not_known` while the server cannot be asked. */
  fault: RoleFault | 'not_known' | undefined;
}

/** The plan has no role in this server any more; those whom we gave one lose it with the next round. */
export async function clearGuildRole(
  ctx: GuildContext,
  input: { server: Server; planId: string },
): Promise<RoleCleared> {
  requireManager(ctx, input.server);
  const guildId = input.server.id;
  const cleared = await inTransaction(ctx, async (ctx) => {
    const row = await lockMapping(ctx, guildId, input.planId);
    if (row) await dropMapping(ctx, row, {});
    return row;
  });
  if (!cleared) return { cleared, fault: undefined };
  const guild = await lookAt(ctx.guilds, guildId).catch(() => undefined); // it is cleared, whether or not we know more
  return { cleared, fault: guild ? takingFaultOf(guild, cleared.roleId) : 'not_known' };
}

async function dropMapping(ctx: TxContext, row: GuildRole, detail: { reason?: string }): Promise<void> {
  const { guildId, planId, roleId } = row;
  await ctx.db.delete(guildRole).where(and(eq(guildRole.guildId, guildId), eq(guildRole.planId, planId)));
  await writeAudit(ctx, 'guild.role_cleared', storyOf(guildId, roleId), { planId, ...detail });
}

/**
 * The same by an operator, for any server. `roleId` is what they looked at: a role that was chosen in its place
 * meanwhile stays (`guild.changed`). Clearing twice is clearing once.
 */
export async function dropGuildRole(
  ctx: Context,
  input: { guildId: string; planId: string; roleId: string; reason: string },
): Promise<void> {
  requirePermission(ctx, 'plans.manage');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const row = await lockMapping(ctx, input.guildId, input.planId);
    if (!row) return;
    if (row.roleId !== input.roleId) fail('guild.changed');
    await dropMapping(ctx, row, { reason });
  });
}

/** A plan's role in one server, as that server is now. */
export interface PlanRole {
  plan: Plan;
  /** Null where the server does not have it any more. */
  role: ServerRole | null;
  fault: RoleFault | undefined;
}

/** What a server has configured, for those who manage it, and every plan there is, the cheapest first. */
export async function readGuildRoles(
  ctx: GuildContext,
  input: { server: Server },
): Promise<{ guild: Guild; plans: Plan[]; set: PlanRole[] }> {
  requireManager(ctx, input.server);
  const guildId = input.server.id;
  const guild = await lookAt(ctx.guilds, guildId);
  const plans = await readPlans(ctx);
  const rows = await ctx.db.select().from(guildRole).where(eq(guildRole.guildId, guildId));
  const states = await statesOf(
    ctx,
    rows.map(({ roleId }) => storyOf(guildId, roleId)),
  );
  const set = plans.flatMap((of): PlanRole[] => {
    const row = rows.find(({ planId }) => planId === of.id);
    if (!row) return [];
    const role = guild.roles.find(({ id }) => id === row.roleId) ?? null;
    const said = states.get(storyOf(guildId, row.roleId))?.fault;
    // What we see now counts; only a "no" whose reason we do not see is remembered.
    return [{ plan: of, role, fault: faultOf(guild, row.roleId) ?? (said === 'refused' ? said : undefined) }];
  });
  return { guild, plans, set };
}

const PAGE = 25;

export type GuildRoleRow = { mapping: GuildRole; plan: Plan; state: RoleState | undefined };

/** Which servers give which role for which plan, by server, 25 a page. `after` is the last one seen. */
export async function listGuildRoles(
  ctx: Context,
  input: { after?: { guildId: string; planId: string } | undefined },
): Promise<{ items: GuildRoleRow[]; hasMore: boolean }> {
  requirePermission(ctx, 'contracts.read');
  const { after } = input;
  const behind =
    after &&
    or(
      gt(guildRole.guildId, after.guildId),
      and(eq(guildRole.guildId, after.guildId), gt(guildRole.planId, after.planId)),
    );
  const rows = await ctx.db
    .select({ mapping: guildRole, plan })
    .from(guildRole)
    .innerJoin(plan, eq(plan.id, guildRole.planId))
    .where(behind)
    .orderBy(asc(guildRole.guildId), asc(guildRole.planId))
    .limit(PAGE + 1);
  return { items: await withStates(ctx, rows.slice(0, PAGE)), hasMore: rows.length > PAGE };
}

/** One of them; refuses `guild.missing` once it is cleared. */
export async function readGuildRole(ctx: Context, input: { guildId: string; planId: string }): Promise<GuildRoleRow> {
  requirePermission(ctx, 'contracts.read');
  const rows = await ctx.db
    .select({ mapping: guildRole, plan })
    .from(guildRole)
    .innerJoin(plan, eq(plan.id, guildRole.planId))
    .where(and(eq(guildRole.guildId, input.guildId), eq(guildRole.planId, input.planId)));
  const [row] = await withStates(ctx, rows);
  return row ?? fail('guild.missing');
}

async function withStates(ctx: Context, rows: readonly { mapping: GuildRole; plan: Plan }[]): Promise<GuildRoleRow[]> {
  const story = ({ guildId, roleId }: GuildRole) => storyOf(guildId, roleId);
  const states = await statesOf(
    ctx,
    rows.map(({ mapping }) => story(mapping)),
  );
  return rows.map((row) => ({ ...row, state: states.get(story(row.mapping)) }));
}
