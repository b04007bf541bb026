import { eq } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { later } from '../clock.ts';
import { inTransaction, type TxContext } from '../context.ts';
import { violatedConstraint } from '../db.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { lockActiveUser } from '../people/user.ts';
import { type ExchangeAccount, labelsOf, labelTaken, lockAccount, readAccount } from './account.ts';
import { requireAllowance } from './allowance.ts';
import type { AccountLogin, Endpoint, ExchangeInfo, KeyRights } from './exchange.ts';
import { useLink } from './link.ts';
import { type AccountContext, exchangeName, findEndpoint, findExchange } from './port.ts';
import { findByKey, keepKey, type SealedKey, sealKey } from './sealedKey.ts';
import { keepReading } from './state.ts';
import { EVERY_MS } from './sync.ts';
import { exchangeAccount } from './tables.ts';
import { type Tried, tryKey } from './tryKey.ts';
import { accountLabel, freeLabel, groupLabel, keyFrom, type TypedKey } from './typed.ts';

export interface NewAccount {
  userId: UserId;
  exchange: string;
  endpoint: string;
  /** Left out, the account is called after its exchange. */
  label?: string | undefined;
  group?: string | undefined;
  /** Left out for demo accounts alone. */
  key?: TypedKey | undefined;
  /** The one-time link by which the key came. It is used up by success alone. */
  token?: string | undefined;
}

/** What a person should know about a key that was taken nonetheless. */
export type KeyWarning = 'withdraw_unknown' | 'ip_open' | 'ip_unknown' | 'cannot_trade';

export interface AddedAccount {
  account: ExchangeAccount;
  warnings: KeyWarning[];
}

/**
 * Adds an account. Its key is tried at the exchange first, outside any transaction: it must read, the clocks must agree,
 * and it must not be able to withdraw. What is stored is sealed. Refuses the same key twice, whoever has it already.
 */
export async function addAccount(ctx: AccountContext, input: NewAccount): Promise<AddedAccount> {
  requireSelf(ctx, input.userId);
  const { userId } = input;
  const info = findExchange(ctx.exchanges, input.exchange);
  const endpoint = findEndpoint(info, input.endpoint);
  const label = input.label?.trim() ? accountLabel(input.label) : undefined;
  const groupName = groupLabel(input.group ?? '');
  const key = endpoint === 'demo' ? null : keyFrom(info, input.key ?? { apiKey: '', secret: '' });
  const login: AccountLogin = { accountId: ctx.newId('exa'), exchange: info.id, endpoint, key };
  await requireAllowance(ctx, { userId, endpoint });
  if (label !== undefined && has(await labelsOf(ctx, userId), label)) fail('account.label_taken', { label });
  if (key) await requireUnused(ctx, { userId, exchange: info.id, endpoint, apiKey: key.apiKey });
  const tried = await tryKey(ctx, info, login);
  const sealed = key && sealKey(ctx.vault, login, key);
  const wanted = { userId, info, login, label, groupName, sealed, tried, token: input.token };
  try {
    const account = await inTransaction(ctx, (ctx) => writeAccount(ctx, wanted));
    return { account, warnings: warningsOf(endpoint, tried.rights) };
  } catch (error) {
    ctx.exchanges.forget(login.accountId);
    if (violatedConstraint(error) === 'account_key_fingerprint') fail('account.key_used', { label: 'none' });
    return labelTaken(error, label ?? info.name);
  }
}

const has = (labels: readonly string[], label: string) =>
  labels.some((taken) => taken.toLowerCase() === label.toLowerCase());

/** Another person's account of the same key is not named. */
async function requireUnused(
  ctx: AccountContext,
  { userId, apiKey, ...owner }: { userId: UserId; exchange: string; endpoint: Endpoint; apiKey: string },
): Promise<void> {
  const found = await findByKey(ctx, owner, apiKey);
  if (found) fail('account.key_used', { label: found.userId === userId ? found.label : 'none' });
}

interface Wanted {
  userId: UserId;
  info: ExchangeInfo;
  login: AccountLogin;
  label: string | undefined;
  groupName: string | null;
  sealed: SealedKey | null;
  tried: Tried;
  token: string | undefined;
}

async function writeAccount(ctx: TxContext, wanted: Wanted): Promise<ExchangeAccount> {
  const { userId, info, login, tried } = wanted;
  const { accountId: id, endpoint } = login;
  await lockActiveUser(ctx, userId);
  if (wanted.token !== undefined) await useLink(ctx, { token: wanted.token, userId });
  await requireAllowance(ctx, { userId, endpoint });
  const ownName = endpoint === 'testnet' ? `${info.name} testnet` : info.name;
  const label = wanted.label ?? freeLabel(ownName, await labelsOf(ctx, userId));
  const now = ctx.clock.now();
  const [account] = await ctx.db
    .insert(exchangeAccount)
    .values({
      id,
      userId,
      exchange: info.id,
      endpoint,
      label,
      groupName: wanted.groupName,
      ...rightsColumns(ctx, tried.rights),
      dueAt: later(now, EVERY_MS),
      readAt: now,
      createdAt: now,
    })
    .returning();
  if (!account) throw new Error('an insert answered no row');
  if (wanted.sealed) await keepKey(ctx, id, wanted.sealed);
  await keepReading(ctx, id, tried.reading);
  await writeAudit(ctx, 'account.added', id, { userId, exchange: info.id, ...told(endpoint, tried.rights) });
  if (endpoint !== 'demo')
    await putNotice(ctx, {
      userId,
      kind: 'account.added',
      params: { label, exchange: info.name },
      key: `${id}:added`,
    });
  return account;
}

function rightsColumns(ctx: TxContext, rights: KeyRights) {
  const { canTrade, ipRestricted, expiresAt: keyExpiresAt } = rights;
  return { canTrade, ipRestricted, keyExpiresAt, keyCheckedAt: ctx.clock.now() };
}

const told = (endpoint: Endpoint, { canTrade, canWithdraw, ipRestricted }: KeyRights) => ({
  endpoint,
  canTrade,
  canWithdraw,
  ipRestricted,
});

function warningsOf(endpoint: Endpoint, rights: KeyRights): KeyWarning[] {
  if (endpoint === 'demo') return [];
  const found: [boolean, KeyWarning][] = [
    [rights.canWithdraw === null, 'withdraw_unknown'],
    [rights.ipRestricted === false, 'ip_open'],
    [rights.ipRestricted === null, 'ip_unknown'],
    [rights.canTrade === false, 'cannot_trade'],
  ];
  return found.filter(([holds]) => holds).map(([, warning]) => warning);
}

/**
 * Puts a new key in the place of an account's old one, which is destroyed. Tried like the first: what reads is known to
 * be good before what was there is gone.
 */
export async function rotateKey(
  ctx: AccountContext,
  input: { userId: UserId; accountId: string; key: TypedKey; token?: string | undefined },
): Promise<AddedAccount> {
  requireSelf(ctx, input.userId);
  const { userId, accountId, token } = input;
  const before = await readAccount(ctx, { userId, accountId });
  if (before.endpoint === 'demo') fail('account.no_key', { label: before.label });
  const info = findExchange(ctx.exchanges, before.exchange);
  const key = keyFrom(info, input.key);
  const { exchange, endpoint } = before;
  await requireUnused(ctx, { userId, exchange, endpoint, apiKey: key.apiKey });
  // Under a name of its own: the old key may be reading at this moment.
  const trial: AccountLogin = { accountId: ctx.newId('try'), exchange, endpoint, key };
  const tried = await tryKey(ctx, info, trial);
  ctx.exchanges.forget(trial.accountId);
  const sealed = sealKey(ctx.vault, { accountId, exchange, endpoint }, key);
  const wanted = { userId, accountId, token, sealed, tried, name: exchangeName(ctx.exchanges, exchange) };
  try {
    const account = await inTransaction(ctx, (ctx) => writeKey(ctx, wanted));
    return { account, warnings: warningsOf(endpoint, tried.rights) };
  } catch (error) {
    if (violatedConstraint(error) === 'account_key_fingerprint') fail('account.key_used', { label: 'none' });
    throw error;
  } finally {
    ctx.exchanges.forget(accountId);
  }
}

interface NewKey {
  userId: UserId;
  accountId: string;
  token: string | undefined;
  sealed: SealedKey;
  tried: Tried;
  name: string;
}

async function writeKey(ctx: TxContext, { userId, accountId, token, sealed, tried, name }: NewKey) {
  const row = await lockAccount(ctx, { userId, accountId });
  if (token !== undefined) await useLink(ctx, { token, userId });
  await keepKey(ctx, accountId, sealed);
  await keepReading(ctx, accountId, tried.reading);
  const version = row.version + 1;
  const now = ctx.clock.now();
  const healed = row.enabled ? { trouble: null, troubleSince: null } : {};
  const [account] = await ctx.db
    .update(exchangeAccount)
    .set({
      ...rightsColumns(ctx, tried.rights),
      ...healed,
      failures: 0,
      readAt: now,
      dueAt: later(now, EVERY_MS),
      version,
    })
    .where(eq(exchangeAccount.id, accountId))
    .returning();
  if (!account) throw new Error('an update answered no row');
  await writeAudit(ctx, 'account.key_replaced', accountId, { userId, ...told(row.endpoint, tried.rights) });
  const params = { label: row.label, exchange: name };
  await putNotice(ctx, { userId, kind: 'account.key_replaced', params, key: `${accountId}:key:${version}` });
  return account;
}
