import { and, asc, gt, isNotNull, isNull, lte } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { days, later } from '../clock.ts';
import { inTransaction } from '../context.ts';
import { putNotice } from '../notices/notice.ts';
import { type AccountContext, exchangeName } from './port.ts';
import { exchangeAccount } from './tables.ts';

const REMIND_DAYS = [1, 3, 7] as const;
const BATCH = 500;

/**
 * Reminds of keys that the exchange ends by itself, seven, three and one days before. Each reminder of each key once; one
 * that was missed is not told late beside the next.
 */
export async function remindOfKeys(ctx: AccountContext): Promise<{ reminded: number }> {
  requireActor(ctx, 'job');
  const { exchanges } = ctx;
  const now = ctx.clock.now();
  let reminded = 0;
  for (let after = ''; ; ) {
    const rows = await ctx.db
      .select()
      .from(exchangeAccount)
      .where(
        and(
          isNull(exchangeAccount.removedAt),
          isNotNull(exchangeAccount.keyExpiresAt),
          gt(exchangeAccount.keyExpiresAt, now),
          lte(exchangeAccount.keyExpiresAt, later(now, days(7))),
          gt(exchangeAccount.id, after),
        ),
      )
      .orderBy(asc(exchangeAccount.id))
      .limit(BATCH);
    reminded += await inTransaction(ctx, async (ctx) => {
      let told = 0;
      for (const { id, userId, label, exchange, keyExpiresAt } of rows) {
        if (!keyExpiresAt) continue;
        const daysLeft = (keyExpiresAt.getTime() - now.getTime()) / days(1);
        const step = REMIND_DAYS.find((most) => daysLeft <= most) ?? 7;
        const params = { label, exchange: exchangeName(exchanges, exchange), expiresAt: keyExpiresAt };
        const key = `${id}:expires:${keyExpiresAt.getTime()}:${step}`;
        told += Number(await putNotice(ctx, { userId, kind: 'account.key_expires', params, key }));
      }
      return told;
    });
    if (rows.length < BATCH) return { reminded };
    after = rows.at(-1)?.id ?? '';
  }
}
