/** What a plan can open. A gated action names one of these to `requireFeature`; nothing else decides. */
export const features = [
  'basic_strategies',
  'all_strategies',
  'live_notices',
  'portfolio_aggregation',
  'custom_strategies',
  'plugins',
  'api_access',
  'multi_account_portfolio',
] as const;
export type Feature = (typeof features)[number];

/** What a plan can hold a number of. */
export const quotas = ['tradingBots'] as const;
export type Quota = (typeof quotas)[number];

interface Plan {
  features: readonly string[];
  quotas: Readonly<Record<string, number | null>>;
}

export const allows = (plan: Plan, feature: Feature) => plan.features.includes(feature);

/** The most of something that a plan lets one have; null where there is no limit. */
export const mostOf = (plan: Plan, quota: Quota): number | null => plan.quotas[quota] ?? null;

export const hasRoom = (plan: Plan, quota: Quota, used: number) =>
  used < (mostOf(plan, quota) ?? Number.POSITIVE_INFINITY);
