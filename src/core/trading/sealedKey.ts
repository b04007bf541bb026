import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { requireActor } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import type { Vault } from '../vault.ts';
import type { Endpoint, ExchangeKey } from './exchange.ts';
import { accountKey, exchangeAccount } from './tables.ts';

type VaultContext = Context & { vault: Vault };

/** Sealed for this account alone: copied to another row it does not open. */
const bindingOf = (accountId: string) => `exchange_account:${accountId}:key`;

const keySchema = z.object({ apiKey: z.string(), secret: z.string(), passphrase: z.string().optional() });

/** What is stored of a key. */
export interface SealedKey {
  sealed: string;
  fingerprint: string;
}

interface Owner {
  accountId: string;
  exchange: string;
  endpoint: Endpoint;
}

export function sealKey(vault: Vault, owner: Owner, key: ExchangeKey): SealedKey {
  const { apiKey, secret, passphrase } = key;
  return {
    sealed: vault.seal(JSON.stringify({ apiKey, secret, passphrase }), bindingOf(owner.accountId)),
    fingerprint: fingerprintOf(vault, owner, apiKey),
  };
}

/** Opened for the one call that uses it. Throws when the vault has lost the key that sealed it. */
export function openKey(vault: Vault, accountId: string, sealed: string): ExchangeKey {
  const { passphrase, ...key } = keySchema.parse(JSON.parse(vault.open(sealed, bindingOf(accountId))));
  return passphrase === undefined ? key : { ...key, passphrase };
}

/** `<key id>:<mac>`: which key of the vault made it is told, because a newer one makes another. */
function fingerprintOf(vault: Vault, { exchange, endpoint }: Omit<Owner, 'accountId'>, apiKey: string, keyId?: string) {
  const made = vault.mac('exchange-key', Buffer.from(JSON.stringify([exchange, endpoint, apiKey])), keyId);
  return `${made.keyId}:${made.mac.toString('base64url')}`;
}

/** The account that this key is in already, whosever that is. */
export async function findByKey(
  ctx: VaultContext,
  owner: Omit<Owner, 'accountId'>,
  apiKey: string,
): Promise<{ id: string; userId: string; label: string } | undefined> {
  const made = await ctx.db
    .selectDistinct({ keyId: sql<string>`split_part(${accountKey.fingerprint}, ':', 1)` })
    .from(accountKey);
  const prints = made
    .filter(({ keyId }) => ctx.vault.knows(keyId))
    .map(({ keyId }) => fingerprintOf(ctx.vault, owner, apiKey, keyId));
  if (prints.length === 0) return undefined;
  const [found] = await ctx.db
    .select({ id: exchangeAccount.id, userId: exchangeAccount.userId, label: exchangeAccount.label })
    .from(accountKey)
    .innerJoin(exchangeAccount, eq(exchangeAccount.id, accountKey.accountId))
    .where(inArray(accountKey.fingerprint, prints))
    .limit(1);
  return found;
}

export async function keepKey(ctx: TxContext, accountId: string, key: SealedKey): Promise<void> {
  const row = { ...key, sealedAt: ctx.clock.now() };
  await ctx.db
    .insert(accountKey)
    .values({ accountId, ...row })
    .onConflictDoUpdate({ target: accountKey.accountId, set: row });
}

export async function destroyKeys(ctx: TxContext, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length > 0) await ctx.db.delete(accountKey).where(inArray(accountKey.accountId, [...accountIds]));
}

/** The sealed keys of some accounts. */
export async function sealedKeysOf(ctx: Context, accountIds: readonly string[]): Promise<Map<string, string>> {
  if (accountIds.length === 0) return new Map();
  const rows = await ctx.db
    .select({ accountId: accountKey.accountId, sealed: accountKey.sealed })
    .from(accountKey)
    .where(inArray(accountKey.accountId, [...accountIds]));
  return new Map(rows.map(({ accountId, sealed }) => [accountId, sealed]));
}

const BATCH = 200;

/**
 * Seals again, with the newest key of the vault, what an older one has sealed, a few hundred at a time; after that the
 * older one may be taken out of SECRET_KEY. `lost` counts those that no key at hand opens.
 */
export async function sealKeys(ctx: VaultContext): Promise<{ sealed: number; lost: number }> {
  requireActor(ctx, 'job');
  const done = { sealed: 0, lost: 0 };
  for (let after = ''; ; ) {
    const rows = await ctx.db
      .select({ key: accountKey, exchange: exchangeAccount.exchange, endpoint: exchangeAccount.endpoint })
      .from(accountKey)
      .innerJoin(exchangeAccount, eq(exchangeAccount.id, accountKey.accountId))
      .where(gt(accountKey.accountId, after))
      .orderBy(asc(accountKey.accountId))
      .limit(BATCH);
    const old = rows.filter(({ key }) => ctx.vault.isOld(key.sealed));
    const again = old.map((row) => sealAgain(ctx, row)).filter((row) => row !== undefined);
    done.sealed += again.length > 0 ? await replaceSealed(ctx, again) : 0;
    done.lost += old.length - again.length;
    if (rows.length < BATCH) return done;
    after = rows.at(-1)?.key.accountId ?? '';
  }
}

type Again = SealedKey & { accountId: string; before: string };

function sealAgain(
  ctx: VaultContext,
  { key, exchange, endpoint }: { key: typeof accountKey.$inferSelect; exchange: string; endpoint: Endpoint },
): Again | undefined {
  const { accountId } = key;
  try {
    const opened = openKey(ctx.vault, accountId, key.sealed);
    return { accountId, before: key.sealed, ...sealKey(ctx.vault, { accountId, exchange, endpoint }, opened) };
  } catch {
    ctx.log.error({ accountId }, 'a key cannot be opened: the vault has lost the key that sealed it');
    return undefined;
  }
}

/** A key that was replaced or destroyed meanwhile is left as it is. */
function replaceSealed(ctx: Context, rows: readonly Again[]): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    let replaced = 0;
    for (const { accountId, before, sealed, fingerprint } of rows) {
      const done = await ctx.db
        .update(accountKey)
        .set({ sealed, fingerprint, sealedAt: ctx.clock.now() })
        .where(and(eq(accountKey.accountId, accountId), eq(accountKey.sealed, before)))
        .returning({ accountId: accountKey.accountId });
      replaced += done.length;
    }
    if (replaced > 0) await writeAudit(ctx, 'account.keys_sealed_again', 'account_key', { keys: replaced });
    return replaced;
  });
}
