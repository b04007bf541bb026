import { and, desc, eq, exists, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import type { UserId } from '../id.ts';
import { walletOf } from '../money/ledger.ts';
import { ledgerAccount, topup } from '../money/tables.ts';
import type { Identity, User } from '../people/identity.ts';
import { identity, type Provider, user } from '../people/tables.ts';

export const userStates = ['open', 'blocked', 'closed'] as const;
export type UserState = (typeof userStates)[number];

export interface UserFilter {
  /** An id of a person, a top-up's reference, a chat's number of somebody, or part of a name. */
  text?: string | undefined;
  state?: UserState | undefined;
  /** Only who comes from this chat. */
  provider?: Provider | undefined;
  /** Goes on after this person. */
  before?: string | undefined;
}

export interface UserRow {
  user: User;
  identities: Identity[];
  walletSatang: bigint;
}

const PAGE = 25;

/** People, newest first, 25 at a time. Who was joined with somebody else is found as that one. */
export async function listUsers(
  ctx: Context,
  filter: UserFilter,
): Promise<{ items: UserRow[]; next: UserId | undefined }> {
  requirePermission(ctx, 'users.read');
  // A plan that suits any text is far too slow for one that few names hold, so every search gets a plan of its own.
  const ids = await ctx.db.transaction(async (db) => {
    await db.execute(sql`set local plan_cache_mode = force_custom_plan`);
    return findIds({ ...ctx, db }, filter);
  });
  const page = ids.slice(0, PAGE);
  return { items: await readRows(ctx, page), next: ids.length > PAGE ? page.at(-1) : undefined };
}

async function readRows(ctx: Context, ids: UserId[]): Promise<UserRow[]> {
  if (ids.length === 0) return [];
  const people = await ctx.db.select().from(user).where(inArray(user.id, ids)).orderBy(desc(user.id));
  const logins = await ctx.db.select().from(identity).where(inArray(identity.userId, ids)).orderBy(identity.id);
  const wallets = await ctx.db
    .select({ id: ledgerAccount.id, balanceSatang: ledgerAccount.balanceSatang })
    .from(ledgerAccount)
    .where(inArray(ledgerAccount.id, ids.map(walletOf)));
  const balances = new Map(wallets.map((wallet) => [wallet.id, wallet.balanceSatang]));
  return people.map((person) => ({
    user: person,
    identities: logins.filter((login) => login.userId === person.id),
    walletSatang: balances.get(walletOf(person.id)) ?? 0n,
  }));
}

const states: Record<UserState, SQL | undefined> = {
  open: and(isNull(user.blockedAt), isNull(user.closedAt)),
  blocked: and(isNotNull(user.blockedAt), isNull(user.closedAt)),
  closed: isNotNull(user.closedAt),
};

/** One page of ids and one more, newest first. */
async function findIds(ctx: Context, filter: UserFilter): Promise<UserId[]> {
  const { state, provider, before } = filter;
  const comesFrom = (chat: Provider) =>
    exists(
      ctx.db
        .select({ one: sql`1` })
        .from(identity)
        .where(and(eq(identity.userId, user.id), eq(identity.provider, chat))),
    );
  const wanted = and(
    isNull(user.mergedInto),
    state && states[state],
    provider && comesFrom(provider),
    before ? lt(user.id, before as UserId) : undefined, // any text may be compared
  );
  const ids = async (condition?: SQL) => {
    const where = and(wanted, condition);
    const rows = await ctx.db
      .select({ id: user.id })
      .from(user)
      .where(where)
      .orderBy(desc(user.id))
      .limit(PAGE + 1);
    return rows.map(({ id }) => id);
  };
  const text = (filter.text ?? '').normalize('NFC').trim();
  if (text === '') return ids();
  const exact = await findExactly(ctx, text);
  if (exact) return ids(eq(user.id, exact));
  const byName = await ids(holds(user.displayName, text));
  const byLogin = await ids(sql`${user.id} in ${ownersOf(text)}`);
  const ofNumber = ctx.db.select({ id: identity.userId }).from(identity).where(eq(identity.subject, text));
  const byNumber = await ids(inArray(user.id, ofNumber));
  return [...new Set([...byName, ...byLogin, ...byNumber])]
    .sort()
    .reverse()
    .slice(0, PAGE + 1);
}

/** Whom an id or a reference names. */
async function findExactly(ctx: Context, text: string): Promise<UserId | undefined> {
  if (/^usr_/i.test(text)) {
    const id = text.replace(/^usr_/i, 'usr_') as UserId; // any text may be compared
    const [row] = await ctx.db.select().from(user).where(eq(user.id, id));
    return row?.mergedInto ?? row?.id;
  }
  if (!/^TU[0-9A-Z]{10}$/i.test(text)) return undefined;
  const reference = text.toUpperCase();
  const [row] = await ctx.db.select({ id: topup.userId }).from(topup).where(eq(topup.reference, reference));
  return row?.id;
}

/**
 * Whose login is called so. `offset 0` has PostgreSQL gather them first: looking at the logins of one person after the
 * other until a page is full takes several times as long where few are called so.
 */
const ownersOf = (text: string): SQL =>
  sql`(select ${identity.userId} from ${identity} where ${holds(identity.displayName, text)} offset 0)`;

const LETTERS_OF_A_TRIGRAM = 3;

/**
 * Whether a name holds the text, or begins with it where that is only one letter or two. The indexes of names know small
 * Latin letters and digits; names without any in the text, such as Thai ones, have no small letters to be found by, and
 * walking over all of them is then faster than lowering them first.
 */
function holds(name: typeof user.displayName | typeof identity.displayName, text: string): SQL {
  const isShort = [...text].length < LETTERS_OF_A_TRIGRAM;
  if (/[a-z0-9]/i.test(text)) {
    const pattern = `${isShort ? '' : '%'}${text.replace(/[\\%_]/g, '\\$&')}%`;
    return sql`lower(${name}) like lower(${pattern})`;
  }
  return isShort ? sql`starts_with(${name}, ${text})` : sql`strpos(${name}, ${text}) > 0`;
}
