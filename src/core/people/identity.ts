import { and, asc, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import type { IdentityId, UserId } from '../id.ts';
import { languageFrom } from '../text/text.ts';
import { identity, type Provider, user } from './tables.ts';

export type User = typeof user.$inferSelect;
export type Identity = typeof identity.$inferSelect;

export interface Login {
  provider: Provider;
  subject: string;
  displayName: string;
  languageHint?: string | undefined;
}

/** Control characters and bidirectional overrides have no place in a name that others will read. */
const clean = (name: string) =>
  name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 64) || '?';

const SEEN_EVERY_MS = minutes(1);

/**
 * Who is behind a login. The first message of a login makes the person; two first messages at once make one. Whoever
 * writes is reachable again.
 */
export async function meet(ctx: Context, login: Login): Promise<{ user: User; identity: Identity; isNew: boolean }> {
  requireActor(ctx, 'chat');
  const known = await find(ctx, login);
  if (known) return { ...(await refresh(ctx, known, login)), isNew: false };
  const displayName = clean(login.displayName);
  const isNew = await inTransaction(ctx, async (ctx) => {
    const now = ctx.clock.now();
    const userId = ctx.newId('usr') as UserId; // born here
    await ctx.db
      .insert(user)
      .values({ id: userId, displayName, language: languageFrom(login.languageHint), createdAt: now });
    const row = {
      userId,
      provider: login.provider,
      subject: login.subject,
      displayName,
      lastSeenAt: now,
      createdAt: now,
    };
    const inserted = await ctx.db
      .insert(identity)
      .values({ id: ctx.newId('idn') as IdentityId, ...row })
      .onConflictDoNothing()
      .returning();
    if (inserted.length === 0) {
      await ctx.db.delete(user).where(eq(user.id, userId)); // the other message was first
      return false;
    }
    await writeAudit(ctx, 'user.joined', userId, { provider: login.provider });
    return true;
  });
  const made = await find(ctx, login);
  if (!made) throw new Error('a login vanished between two statements');
  return { ...made, isNew };
}

async function find(ctx: Context, login: Login) {
  const [row] = await ctx.db
    .select({ user, identity })
    .from(identity)
    .innerJoin(user, eq(user.id, identity.userId))
    .where(and(eq(identity.provider, login.provider), eq(identity.subject, login.subject)));
  return row;
}

async function refresh(ctx: Context, known: { user: User; identity: Identity }, login: Login) {
  const now = ctx.clock.now();
  const displayName = clean(login.displayName);
  const { identity: before } = known;
  const stale = now.getTime() - before.lastSeenAt.getTime() > SEEN_EVERY_MS;
  if (!stale && !before.unreachableAt && before.displayName === displayName) return known;
  const [after] = await ctx.db
    .update(identity)
    .set({ displayName, lastSeenAt: now, unreachableAt: null })
    .where(eq(identity.id, before.id))
    .returning();
  return { user: known.user, identity: after ?? before };
}

/** A person's logins, the one to reach them at first: reachable before not, lately used before long ago. */
export async function identitiesOf(ctx: Context, userId: UserId): Promise<Identity[]> {
  requireSelf(ctx, userId);
  return ctx.db
    .select()
    .from(identity)
    .where(eq(identity.userId, userId))
    .orderBy(desc(isNull(identity.unreachableAt)), desc(identity.lastSeenAt), asc(identity.id));
}

/** Notes that a chat refuses our messages to this login, so that we go elsewhere until the person writes again. */
export async function markUnreachable(ctx: Context, identityId: IdentityId): Promise<void> {
  await ctx.db.update(identity).set({ unreachableAt: ctx.clock.now() }).where(eq(identity.id, identityId));
}

/** Every login of a person counts as reachable again, until its chat says otherwise; says how many had not. */
export async function clearUnreachable(ctx: TxContext, userId: UserId): Promise<number> {
  const shut = and(eq(identity.userId, userId), isNotNull(identity.unreachableAt));
  const cleared = await ctx.db.update(identity).set({ unreachableAt: null }).where(shut).returning({ id: identity.id });
  return cleared.length;
}
