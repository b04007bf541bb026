import { requireSelf } from '../access.ts';
import { type Context, together } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { allows, type Feature, hasRoom, mostOf, type Quota } from './features.ts';
import { type Book, named, type Plan, planOf } from './held.ts';
import { momentOf } from './life.ts';
import { findLast, readBook, runningPlanId } from './load.ts';
import { requireRunning } from './quote.ts';

/** What an action asks of a contract: something its plan opens, or room for one more of what it holds a number of. */
export type Need = { feature: Feature } | { quota: Quota; used: number };

/** The plan that lets a person do what they ask for, and how long it runs. */
export interface Allowed {
  plan: Plan;
  contractId: string;
}

/**
 * The one place where it is decided whether a person's contract opens something: chats, API and panel ask here, and so
 * does whatever runs on its own. It goes by the clock: grace included, not a moment longer, and not a moment less. A
 * refusal says what would open it: `feature.not_in_plan`, `feature.quota_reached` (with the cheapest plan that does),
 * `feature.not_offered`, `feature.quota_most` (no plan does), `contract.none`, `contract.expired`.
 */
export async function requireFeature(ctx: Context, input: { userId: UserId } & Need): Promise<Allowed> {
  requireSelf(ctx, input.userId);
  const [found, book] = await together([findLast(ctx, input.userId), readBook(ctx)]);
  const row = found ?? fail('contract.none');
  requireRunning(book, { contract: row });
  const plan = planOf(book, await runningPlanId(ctx, row, momentOf(row, book.now)));
  if ('feature' in input) requireInPlan(book, plan, input.feature);
  else requireRoom(book, plan, input.quota, input.used);
  return { plan, contractId: row.id };
}

/** With which plan it is and what it costs a refusal can offer it. */
const priced = ({ id: planId, priceSatang }: Plan) => ({ planId, priceSatang });

/** Of the plans one can choose the cheapest that will do. */
const cheapest = (book: Book, will: (plan: Plan) => boolean) =>
  [...book.plans.values()].find((plan) => plan.status === 'offered' && will(plan));

function requireInPlan(book: Book, plan: Plan, feature: Feature): void {
  if (allows(plan, feature)) return;
  const other = cheapest(book, (plan) => allows(plan, feature)) ?? fail('feature.not_offered', { feature });
  fail('feature.not_in_plan', { feature, ...named(other), ...priced(other) });
}

function requireRoom(book: Book, plan: Plan, quota: Quota, used: number): void {
  if (hasRoom(plan, quota, used)) return;
  const most = mostOf(plan, quota) ?? 0;
  const other = cheapest(book, (plan) => hasRoom(plan, quota, used)) ?? fail('feature.quota_most', { quota, most });
  fail('feature.quota_reached', { quota, most, ...named(other), ...priced(other) });
}
