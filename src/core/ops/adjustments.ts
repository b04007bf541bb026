import { aliasedTable, and, desc, eq, lt, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { type Adjustment, doneAlone } from '../money/adjustment.ts';
import { type Balances, balancesOf } from '../money/ledger.ts';
import { adjustmentLimit } from '../money/settings.ts';
import { walletAdjustment } from '../money/tables.ts';
import type { User } from '../people/identity.ts';
import { user } from '../people/tables.ts';
import { readSetting } from '../setting.ts';
import { operator } from './tables.ts';

export interface AdjustmentRow {
  adjustment: Adjustment;
  user: User;
  askedByName: string | null;
  decidedByName: string | null;
}

const PAGE = 25;
const asker = aliasedTable(operator, 'asker');
const decider = aliasedTable(operator, 'decider');

const rowsOf = (ctx: Context) =>
  ctx.db
    .select({ adjustment: walletAdjustment, user, askedByName: asker.name, decidedByName: decider.name })
    .from(walletAdjustment)
    .innerJoin(user, eq(user.id, walletAdjustment.userId))
    .leftJoin(asker, eq(asker.id, walletAdjustment.askedBy))
    .leftJoin(decider, eq(decider.id, walletAdjustment.decidedBy));

/** Corrections of wallets, newest first, 25 at a time: all of them, or those that wait for a second operator. */
export async function listAdjustments(
  ctx: Context,
  input: { waiting: boolean; before?: string | undefined },
): Promise<{ items: AdjustmentRow[]; next: string | undefined }> {
  requirePermission(ctx, 'payments.read');
  const rows = await rowsOf(ctx)
    .where(
      and(
        input.waiting ? sql`${walletAdjustment.status} = 'waiting'` : undefined,
        input.before ? lt(walletAdjustment.id, input.before) : undefined,
      ),
    )
    .orderBy(desc(walletAdjustment.id))
    .limit(PAGE + 1);
  const items = rows.slice(0, PAGE);
  return { items, next: rows.length > PAGE ? items.at(-1)?.adjustment.id : undefined };
}

export async function readAdjustment(
  ctx: Context,
  input: { adjustmentId: string },
): Promise<AdjustmentRow & { balances: Balances }> {
  requirePermission(ctx, 'payments.read');
  const [row] = await rowsOf(ctx).where(eq(walletAdjustment.id, input.adjustmentId));
  if (!row) fail('adjustment.missing');
  return { ...row, balances: await balancesOf(ctx, row.user.mergedInto ?? row.user.id) };
}

/** What this operator may still do alone today, and the limit it comes from. */
export async function readAllowance(ctx: Context): Promise<{ aloneSatang: bigint; leftSatang: bigint }> {
  const { operatorId } = requirePermission(ctx, 'wallet.adjust');
  const { aloneSatang } = await readSetting(ctx, adjustmentLimit);
  const left = aloneSatang - (await doneAlone(ctx, operatorId));
  return { aloneSatang, leftSatang: left > 0n ? left : 0n };
}
