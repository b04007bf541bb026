import { sql } from 'drizzle-orm';
import { inTransaction } from '../context.ts';
import { ExchangeTrouble } from '../market/trouble.ts';
import type { AccountReading } from '../trading/exchange.ts';
import { accountState } from '../trading/tables.ts';
import { type LoadedAccount, openLogins } from './accounts.ts';
import type { PortfolioContext } from './context.ts';

/** For so long an answer waits for exchanges; who is slower is shown as it was. */
const PATIENCE_MS = 1_500;

/** What was read so short a time ago is new enough: whoever presses again and again costs exchanges nothing. */
const NEW_MS = 3_000;

/** Accounts as they are now, and why some are still as they were. */
export interface Freshened {
  readonly accounts: readonly LoadedAccount[];
  readonly troubles: ReadonlyMap<string, string>;
}

/**
 * Reads accounts anew, all at once and within the time that somebody waits for an answer. What fails is left as it was:
 * noting troubles is for the job that reads accounts, which also tells of them.
 */
export async function freshen(ctx: PortfolioContext, accounts: readonly LoadedAccount[]): Promise<Freshened> {
  const logins = await openLogins(
    ctx,
    accounts.map(({ row }) => row),
  );
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const troubles = new Map<string, string>();
  const read = async (account: LoadedAccount): Promise<LoadedAccount> => {
    const { id } = account.row;
    if (account.readAt && ctx.clock.now().getTime() - account.readAt.getTime() < NEW_MS) return account;
    try {
      const login = logins.get(id)?.();
      if (!login) return account;
      const reading = await within(ctx.exchanges.read(login, signal), signal);
      return { ...account, reading, readAt: ctx.clock.now() };
    } catch (error) {
      troubles.set(id, error instanceof ExchangeTrouble ? error.kind : signal.aborted ? 'slow' : 'malformed');
      if (!(error instanceof ExchangeTrouble) && !signal.aborted)
        ctx.log.error({ err: error, accountId: id }, 'an account could not be read');
      return account;
    }
  };
  const found = await Promise.all(accounts.map(read));
  await keep(
    ctx,
    found.filter((account, i) => account !== accounts[i]),
  );
  return { accounts: found, troubles };
}

/** An exchange that does not heed the signal is not waited for either. */
function within<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('late'));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

async function keep(ctx: PortfolioContext, accounts: readonly LoadedAccount[]): Promise<void> {
  const rows = accounts.flatMap(({ row, reading, readAt }) =>
    reading && readAt ? [{ accountId: row.id, ...plain(reading), readAt }] : [],
  );
  if (rows.length === 0) return;
  await inTransaction(ctx, async (ctx) => {
    await ctx.db
      .insert(accountState)
      .values(rows)
      .onConflictDoUpdate({
        target: accountState.accountId,
        set: {
          balances: sql`excluded.balances`,
          positions: sql`excluded.positions`,
          orders: sql`excluded.orders`,
          readAt: sql`excluded.read_at`,
        },
        setWhere: sql`${accountState.readAt} < excluded.read_at`,
      });
  });
}

const plain = ({ balances, positions, orders }: AccountReading) => ({ balances, positions, orders });
