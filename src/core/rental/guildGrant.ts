import { and, eq, not, or, type SQL, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { among } from '../bulk.ts';
import { days, later, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import type { IdentityId } from '../id.ts';
import { isAliveRow } from './load.ts';
import { contract, type GrantStatus, guildGrant, guildRole } from './tables.ts';

/**
 * Who has which role from us. A row is written before the role is asked for, so that nothing we gave is ever forgotten,
 * and it goes after the role was taken.
 *
 * It is `waiting` until the role is known to be given, and again while somebody works on it: whoever does moves the
 * moment at which it is due five minutes ahead, a lease, as notices have one. A killed process's rows come back by
 * themselves, and whatever it had done of the work is harmless to do again. Whoever is not in the server is `absent` and
 * tried again after hours.
 */
const LEASE_MS = minutes(5);
const ABSENT_MS = minutes(6 * 60);
/** Whoever leaves a server loses its roles, and nobody tells us: what was given is given once more each day. */
const CONFIRMED_FOR_MS = days(1);
/** So many of one role in one round: it is nothing urgent. */
const CONFIRMED_AT_ONCE = 10;

/** Never tried, and so tried before everything that was. */
const FRESH = { status: 'waiting', dueAt: new Date(0) } as const;

export interface Grant {
  guildId: string;
  identityId: IdentityId;
  roleId: string;
  status: GrantStatus;
  dueAt: Date;
}

/**
 * Who should have which role: every Discord login of whoever holds a contract that is alive, in every server that gives a
 * role for its plan. What the sweep has written down counts, so that nobody loses a role in the minute in which their
 * contract renews itself. Nobody is in it twice: a person has one contract that is alive, and a plan one role in a server.
 */
const wanted = sql`
  select r.guild_id, i.id as identity_id, r.role_id
  from ${guildRole} r
  join ${contract} on ${contract.planId} = r.plan_id and ${isAliveRow}
  join "user" u on u.id = ${contract.userId} and u.blocked_at is null and u.closed_at is null
  join identity i on i.user_id = u.id and i.provider = 'discord'`;

const missing = sql`not exists (
  select 1 from guild_grant g
  where g.guild_id = w.guild_id and g.identity_id = w.identity_id and g.role_id = w.role_id)`;

const OPENED_AT_ONCE = 5_000;

/** Writes a row for every role that somebody should have and that we have not begun to give; says how many. */
export async function openGrants(ctx: Context): Promise<number> {
  const rows = await ctx.db.execute(sql`
    insert into guild_grant (guild_id, identity_id, role_id, status, due_at)
    select guild_id, identity_id, role_id, ${FRESH.status}, ${FRESH.dueAt.toISOString()}::timestamptz
    from (${wanted}) w where ${missing}
    limit ${OPENED_AT_ONCE}
    on conflict do nothing returning 1`);
  return rows.length;
}

/** How many rows `openGrants` would write, were it to write all of them. */
export async function countMissing(ctx: Context): Promise<number> {
  const [row] = await ctx.db.execute<{ count: number }>(sql`
    select count(*)::integer as count from (${wanted}) w where ${missing}`);
  return row?.count ?? 0;
}

/** Drops what nobody wants any more and nobody got, because they were not in the server; says how many. */
export async function dropAbsent(ctx: Context): Promise<number> {
  const rows = await ctx.db.execute(sql`
    with wanted as (${wanted})
    delete from guild_grant g
    where g.status = 'absent' and not exists (
      select 1 from wanted w
      where w.guild_id = g.guild_id and w.identity_id = g.identity_id and w.role_id = g.role_id)
    returning 1`);
  return rows.length;
}

interface Due extends Record<string, unknown> {
  guild_id: string;
  identity_id: IdentityId;
  role_id: string;
  status: GrantStatus;
  due_at: string;
}

/**
 * What is to be given or taken now, at most `most` of one role, so that a role that cannot be given crowds out no other:
 * what is to be taken first, then what was never tried, and last a little of what was given more than a day ago.
 */
export async function findDue(ctx: Context, most: number): Promise<Grant[]> {
  const now = ctx.clock.now();
  const stale = later(now, -CONFIRMED_FOR_MS).toISOString();
  const rows = await ctx.db.execute<Due>(sql`
    with wanted as (${wanted}),
    due as (
      select g.*, case when w.identity_id is null then 'take' when g.status = 'given' then 'confirm' else 'give' end as does
      from guild_grant g
      left join wanted w on w.guild_id = g.guild_id and w.identity_id = g.identity_id and w.role_id = g.role_id
      where g.status = 'given' or g.due_at <= ${now.toISOString()}::timestamptz),
    placed as (
      select *, row_number() over (partition by guild_id, role_id, does order by due_at) as place from due
      where does <> 'confirm' or due_at <= ${stale}::timestamptz)
    select guild_id, identity_id, role_id, status, due_at::text from placed
    where place <= case does when 'confirm' then ${CONFIRMED_AT_ONCE}::integer else ${most}::integer end
    order by guild_id, array_position(array['take', 'give', 'confirm'], does), place`);
  return rows.map((row) => ({
    guildId: row.guild_id,
    identityId: row.identity_id,
    roleId: row.role_id,
    status: row.status,
    dueAt: new Date(row.due_at),
  }));
}

const itself = (grant: Grant): SQL | undefined =>
  and(
    eq(guildGrant.guildId, grant.guildId),
    eq(guildGrant.identityId, grant.identityId),
    eq(guildGrant.roleId, grant.roleId),
  );

const asSeen = (grant: Grant) =>
  and(itself(grant), eq(guildGrant.status, grant.status), eq(guildGrant.dueAt, grant.dueAt));

/** A grant that is ours to work on for five minutes, with what is to be done about it at this moment. */
export interface Leased extends Grant {
  does: 'give' | 'confirm' | 'take';
  /** Who it is, as the chat names them. */
  subject: string;
}

/** Takes a row up for work, unless another instance was faster. */
export async function lease(ctx: Context, grant: Grant): Promise<Leased | undefined> {
  const until = later(ctx.clock.now(), LEASE_MS);
  const rows = await ctx.db.execute<{ subject: string; is_wanted: boolean }>(sql`
    update guild_grant g set status = 'waiting', due_at = ${until.toISOString()}::timestamptz
    from identity p
    where p.id = g.identity_id and g.guild_id = ${grant.guildId} and g.identity_id = ${grant.identityId}
      and g.role_id = ${grant.roleId} and g.status = ${grant.status} and g.due_at = ${grant.dueAt.toISOString()}::timestamptz
    returning p.subject, exists (
      ${wanted} where i.id = ${grant.identityId} and r.guild_id = ${grant.guildId} and r.role_id = ${grant.roleId}
    ) as is_wanted`);
  const [row] = rows;
  if (!row) return undefined;
  const does = row.is_wanted ? (grant.status === 'given' ? 'confirm' : 'give') : 'take';
  return { ...grant, status: 'waiting', dueAt: until, does, subject: row.subject };
}

/**
 * A role was given. If the lease ran out before that became known, somebody else may have taken the role meanwhile: the
 * row is put back and looked at again.
 */
export async function markGiven(ctx: Context, leased: Leased): Promise<void> {
  const set = { status: 'given', dueAt: ctx.clock.now() } as const;
  const rows = await ctx.db.update(guildGrant).set(set).where(asSeen(leased)).returning({ id: guildGrant.identityId });
  if (rows.length === 0) await lookAgain(ctx, leased);
}

/** A role was taken, or there was none to take. */
export async function markTaken(ctx: Context, leased: Leased): Promise<void> {
  const rows = await ctx.db.delete(guildGrant).where(asSeen(leased)).returning({ id: guildGrant.identityId });
  if (rows.length === 0) await lookAgain(ctx, leased);
}

async function lookAgain(ctx: Context, { guildId, identityId, roleId }: Grant): Promise<void> {
  await ctx.db.execute(sql`
    insert into guild_grant (guild_id, identity_id, role_id, status, due_at)
    select ${guildId}, id, ${roleId}, ${FRESH.status}, ${FRESH.dueAt.toISOString()}::timestamptz
    from identity where id = ${identityId}
    on conflict (guild_id, identity_id, role_id) do update set status = excluded.status, due_at = excluded.due_at`);
}

/** Not a member of the server: tried again in six hours, or as soon as they are seen there. */
export async function markAbsent(ctx: Context, leased: Leased): Promise<void> {
  const set = { status: 'absent', dueAt: later(ctx.clock.now(), ABSENT_MS) } as const;
  await ctx.db.update(guildGrant).set(set).where(asSeen(leased));
}

/** Nothing came of it: tried again after `afterMs`, at most as long as a lease. */
export async function giveBack(ctx: Context, leased: Leased, afterMs: number): Promise<void> {
  const dueAt = later(ctx.clock.now(), Math.min(afterMs, LEASE_MS));
  await ctx.db.update(guildGrant).set({ dueAt }).where(asSeen(leased));
}

/** Whether any plan has this role in this server. */
export async function isMapped(ctx: Context, { guildId, roleId }: Pick<Grant, 'guildId' | 'roleId'>): Promise<boolean> {
  const where = and(eq(guildRole.guildId, guildId), eq(guildRole.roleId, roleId));
  const rows = await ctx.db.select({ planId: guildRole.planId }).from(guildRole).where(where).limit(1);
  return rows.length > 0;
}

/** Forgets every grant of a role; says how many. */
export async function forgetGrants(ctx: Context, { guildId, roleId }: Pick<Grant, 'guildId' | 'roleId'>) {
  const where = and(eq(guildGrant.guildId, guildId), eq(guildGrant.roleId, roleId));
  return (await ctx.db.delete(guildGrant).where(where).returning({ id: guildGrant.identityId })).length;
}

/**
 * Somebody is in a server, with these roles: what waited for that is tried with the next round, and what we gave and they
 * have no more, because they were away in between, is given again.
 */
export async function seenInGuild(
  ctx: Context,
  input: { guildId: string; identityId: IdentityId; roles: readonly string[] },
): Promise<void> {
  requireActor(ctx, 'chat');
  const theirs = and(eq(guildGrant.guildId, input.guildId), eq(guildGrant.identityId, input.identityId));
  const paused = eq(guildGrant.status, 'absent');
  const lost = and(eq(guildGrant.status, 'given'), not(among(guildGrant.roleId, input.roles)));
  await ctx.db
    .update(guildGrant)
    .set(FRESH)
    .where(and(theirs, or(paused, lost)));
}
