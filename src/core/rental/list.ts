import { and, asc, desc, eq, lt } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { user } from '../people/tables.ts';
import type { Contract, ContractEvent, Term } from './held.ts';
import { isAlive, momentOf } from './life.ts';
import { holdOne } from './load.ts';
import { creditOf } from './offer.ts';
import { type ContractStatus, contract, contractEvent, term } from './tables.ts';
import { type ContractView, type Used, viewOf } from './view.ts';

const PAGE = 50;

export interface ContractFilter {
  status?: ContractStatus | undefined;
  planId?: string | undefined;
  userId?: UserId | undefined;
  /** The id of the last contract seen. */
  before?: string | undefined;
}

export type ContractRow = { contract: Contract; displayName: string };

/** Everybody's contracts, newest first, 50 a page. */
export async function listContracts(
  ctx: Context,
  filter: ContractFilter,
): Promise<{ items: ContractRow[]; hasMore: boolean }> {
  requirePermission(ctx, 'contracts.read');
  const { status, planId, userId, before } = filter;
  const items = await ctx.db
    .select({ contract, displayName: user.displayName })
    .from(contract)
    .innerJoin(user, eq(user.id, contract.userId))
    .where(
      and(
        status && eq(contract.status, status),
        planId ? eq(contract.planId, planId) : undefined,
        userId && eq(contract.userId, userId),
        before ? lt(contract.id, before) : undefined,
      ),
    )
    .orderBy(desc(contract.id))
    .limit(PAGE + 1);
  return { items: items.slice(0, PAGE), hasMore: items.length > PAGE };
}

export interface ContractStory {
  view: ContractView;
  displayName: string;
  terms: Term[];
  events: ContractEvent[];
  /** What a refund would put back into the wallet now. */
  unusedSatang: bigint;
}

const MOST = 500;

/** One contract with all its terms and all that happened to it, in order. */
export async function readContractStory(
  ctx: Context,
  input: { contractId: string; used?: Used },
): Promise<ContractStory> {
  requirePermission(ctx, 'contracts.read');
  const { contractId } = input;
  const [row] = await ctx.db
    .select({ contract, displayName: user.displayName })
    .from(contract)
    .innerJoin(user, eq(user.id, contract.userId))
    .where(eq(contract.id, contractId));
  if (!row) fail('contract.missing');
  const held = await holdOne(ctx, row.contract, 'look');
  return {
    unusedSatang: isAlive(row.contract) ? creditOf(held, momentOf(row.contract, ctx.clock.now())) : 0n,
    view: await viewOf(ctx, row.contract, input.used ?? {}),
    displayName: row.displayName,
    terms: await ctx.db
      .select()
      .from(term)
      .where(eq(term.contractId, contractId))
      .orderBy(asc(term.number))
      .limit(MOST),
    events: await ctx.db
      .select()
      .from(contractEvent)
      .where(eq(contractEvent.contractId, contractId))
      .orderBy(asc(contractEvent.id))
      .limit(MOST),
  };
}
