import { requireSelf } from '../access.ts';
import { type Context, together } from '../context.ts';
import { Decimal } from '../decimal.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { requireFeature } from '../rental/guard.ts';
import { type AccountRow, isStale, type LoadedAccount, readAccounts } from './accounts.ts';
import {
  type Exposure,
  exposureOf,
  type Grouping,
  isWithin,
  type Part,
  type Position,
  partsOf,
  positionsOf,
  type Scope,
  utilisationOf,
  withoutDust,
} from './aggregate.ts';
import type { PortfolioContext } from './context.ts';
import { freshen } from './fresh.ts';
import { readBooks } from './history.ts';
import { type PortfolioPreference, readPortfolioPreference } from './preference.ts';
import type { Prices, Quoted } from './rates.ts';
import { type Realm, readPrices, realmOf } from './rateTable.ts';
import { type HeldAccount, sum, UNIT, type Valuation, valueAccount } from './valuation.ts';

/** The same money in three units. Satang are rounded once, from the exact sum; null where no rate is known. */
export interface Worth {
  readonly usdt: Decimal;
  readonly usd: Decimal | null;
  readonly thbSatang: bigint | null;
}

export interface StaleAccount {
  readonly id: string;
  readonly label: string;
  readonly exchange: string;
  /** A kind of trouble; null where it was not read for long for no known reason. */
  readonly trouble: string | null;
  readonly since: Date | null;
  /** When what is shown of it was read; null where it never was, and it is in no sum. */
  readonly readAt: Date | null;
}

/** Accounts, what they are worth, and what an answer about them has to say of itself. */
export interface Portfolio {
  readonly at: Date;
  readonly realm: Realm;
  /** Which realms a person has accounts in. */
  readonly realms: readonly Realm[];
  readonly preference: PortfolioPreference;
  readonly worth: Worth;
  readonly usdtInThb: Quoted | null;
  readonly usdtInUsd: Quoted | null;
  readonly realisedUsdt: Decimal;
  readonly unrealisedUsdt: Decimal;
  readonly exposure: Exposure;
  readonly utilisationRate: number | null;
  readonly by: Grouping;
  readonly scope: Scope | undefined;
  readonly parts: readonly Part[];
  readonly positions: readonly Position[];
  readonly dust: { readonly count: number; readonly valueUsdt: Decimal };
  readonly stale: readonly StaleAccount[];
  /** Switched off by the person: in no sum. */
  readonly off: readonly { id: string; label: string }[];
  /** Assets that nobody has a rate for: in no sum. */
  readonly unpriced: readonly string[];
  /** Something was valued at a rate that is older than it should be. */
  readonly hasStaleRates: boolean;
  /** Some history is missing: profit is that of the part that is known. */
  readonly isIncomplete: boolean;
  readonly isApproximate: boolean;
}

export interface View {
  userId: UserId;
  /** Money where a person has any, otherwise what they practise with. */
  realm?: Realm | undefined;
  by?: Grouping | undefined;
  /** `group_of` is the group that this account is in: its id fits on a button, a name may not. */
  scope?: Scope | { readonly by: 'group_of'; readonly key: string } | undefined;
}

const SATANG = 100;

/** Rounded half away from zero, as money is. */
export const satangOf = (baht: Decimal): bigint =>
  BigInt(baht.times(SATANG).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed(0));

export function worthOf(usdt: Decimal, prices: Prices): Worth {
  const [usd, thb] = [prices.quote(UNIT, 'USD')?.price, prices.quote(UNIT, 'THB')?.price];
  return { usdt, usd: usd ? usdt.times(usd) : null, thbSatang: thb ? satangOf(usdt.times(thb)) : null };
}

/**
 * What a person has, from what was last read; with `fresh` from what exchanges say now, as far as they say it in time. One
 * account is everybody's; more than one with money together take the feature of a plan.
 */
export async function readPortfolio(ctx: PortfolioContext, view: View & { fresh?: boolean }): Promise<Portfolio> {
  requireSelf(ctx, view.userId);
  const loaded = await readAccounts(ctx, view.userId);
  const chosen = choose(loaded, view);
  await requireAggregation(ctx, view.userId, chosen);
  if (!view.fresh) return portfolioOf(ctx, view, chosen);
  const { accounts, troubles } = await freshen(ctx, chosen.accounts);
  return portfolioOf(ctx, view, { ...chosen, accounts }, troubles);
}

/** The same without a word about plans: for operators and for what runs on its own. */
export async function assemblePortfolio(ctx: Context, view: View): Promise<Portfolio> {
  return portfolioOf(ctx, view, choose(await readAccounts(ctx, view.userId), view));
}

interface Chosen {
  realm: Realm;
  scope: Scope | undefined;
  realms: readonly Realm[];
  accounts: readonly LoadedAccount[];
  off: readonly AccountRow[];
}

function choose(loaded: readonly LoadedAccount[], view: View): Chosen {
  const realms = [...new Set(loaded.map(({ row }) => realmOf(row.endpoint)))].sort().reverse();
  const member = loaded.find(({ row }) => view.scope?.key === row.id)?.row;
  const realm = view.realm ?? (member ? realmOf(member.endpoint) : (realms[0] ?? 'real'));
  const scope = scopeOf(loaded, view.scope);
  const within = loaded.filter(({ row }) => realmOf(row.endpoint) === realm && isWithin(heldOf(row), scope));
  if (scope && within.length === 0) fail('portfolio.part_missing');
  return {
    realm,
    realms,
    scope,
    accounts: within.filter(({ row }) => row.enabled),
    off: within.filter(({ row }) => !row.enabled).map(({ row }) => row),
  };
}

function scopeOf(loaded: readonly LoadedAccount[], scope: View['scope']): Scope | undefined {
  if (scope?.by !== 'group_of') return scope;
  const member = loaded.find(({ row }) => row.id === scope.key) ?? fail('portfolio.part_missing');
  return { by: 'group', key: member.row.groupName ?? '' };
}

async function requireAggregation(ctx: Context, userId: UserId, { realm, accounts }: Chosen): Promise<void> {
  if (ctx.actor.kind !== 'user' || realm === 'practice' || accounts.length <= 1) return;
  await requireFeature(ctx, { userId, feature: 'portfolio_aggregation' });
}

const heldOf = (row: AccountRow, reading?: LoadedAccount['reading']): HeldAccount => ({
  id: row.id,
  exchange: row.exchange,
  endpoint: row.endpoint,
  label: row.label,
  groupName: row.groupName,
  balances: reading?.balances ?? [],
  positions: reading?.positions ?? [],
});

/** Every account that was ever read, valued at the prices of its realm. */
export async function valueAccounts(
  ctx: Context,
  input: { userId: UserId; accounts: readonly LoadedAccount[]; prices: Prices; preference: PortfolioPreference },
): Promise<Valuation[]> {
  const { userId, accounts, prices, preference } = input;
  const read = accounts.filter(({ reading }) => reading !== null);
  const accountIds = read.map(({ row }) => row.id);
  const books = await readBooks(ctx, { userId, accountIds, method: preference.costMethod, prices });
  return read.map(({ row, reading }) => valueAccount(heldOf(row, reading), prices, books.get(row.id) ?? null));
}

async function portfolioOf(
  ctx: Context,
  view: View,
  { realm, realms, scope, accounts, off }: Chosen,
  troubles: ReadonlyMap<string, string> = new Map(),
): Promise<Portfolio> {
  const { userId, by = 'account' } = view;
  const [graphs, preference] = await together([readPrices(ctx), readPortfolioPreference(ctx, userId)]);
  const prices = graphs[realm];
  const valuations = await valueAccounts(ctx, { userId, accounts, prices, preference });
  const rows = valuations.flatMap((one) => one.rows);
  const { shown, dust } = withoutDust(positionsOf(rows), new Decimal(preference.dustBelowUsdt));
  const now = ctx.clock.now();
  return {
    at: now,
    realm,
    realms,
    preference,
    worth: worthOf(sum(valuations.map((one) => one.equityUsdt)), prices),
    usdtInThb: prices.quote(UNIT, 'THB'),
    usdtInUsd: prices.quote(UNIT, 'USD'),
    realisedUsdt: sum(valuations.map((one) => one.realisedUsdt)),
    unrealisedUsdt: sum(valuations.map((one) => one.unrealisedUsdt)),
    exposure: exposureOf(rows),
    utilisationRate: utilisationOf(valuations),
    by,
    scope,
    parts: partsOf(valuations, by),
    positions: shown,
    dust,
    stale: staleOf(accounts, troubles, now),
    off: off.map(({ id, label }) => ({ id, label })),
    unpriced: [...new Set(valuations.flatMap((one) => one.unpriced))].sort(),
    hasStaleRates: rows.some((row) => row.valueUsdt !== null && prices.quote(row.asset, UNIT)?.isStale === true),
    isIncomplete: valuations.some((one) => one.isIncomplete),
    isApproximate: valuations.some((one) => one.isApproximate),
  };
}

/** One that has just failed is stale from now on, whatever the job has noted. */
function staleOf(accounts: readonly LoadedAccount[], troubles: ReadonlyMap<string, string>, now: Date): StaleAccount[] {
  return accounts
    .filter((account) => troubles.has(account.row.id) || isStale(account, now))
    .map(({ row, readAt }) => ({
      id: row.id,
      label: row.label,
      exchange: row.exchange,
      trouble: troubles.get(row.id) ?? row.trouble,
      since: row.troubleSince ?? (troubles.has(row.id) ? now : null),
      readAt,
    }));
}

export const PAGE_ROWS = 50;

export interface PositionPage {
  readonly portfolio: Portfolio;
  readonly items: readonly Position[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

/** What a person holds and has open, put together across accounts, fifty rows a page; dust is one line behind the last. */
export async function readPositions(
  ctx: PortfolioContext,
  view: View & { page: number; fresh?: boolean },
): Promise<PositionPage> {
  const portfolio = await readPortfolio(ctx, view);
  const { positions } = portfolio;
  const pages = Math.max(1, Math.ceil(positions.length / PAGE_ROWS));
  const page = Math.min(Math.max(1, view.page), pages);
  const items = positions.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
  return { portfolio, items, page, pages, total: positions.length };
}

/** A person's account by its label, or by the beginning of one that no other begins with. */
export async function findAccount(ctx: Context, input: { userId: UserId; label: string }): Promise<string> {
  requireSelf(ctx, input.userId);
  const wanted = input.label.trim().toLowerCase();
  const accounts = (await readAccounts(ctx, input.userId)).map(({ row }) => row);
  const exact = accounts.find(({ label, id }) => label.toLowerCase() === wanted || id === input.label);
  const near = accounts.filter(({ label }) => label.toLowerCase().startsWith(wanted));
  return (exact ?? (near.length === 1 ? near[0] : undefined))?.id ?? fail('portfolio.part_missing');
}
