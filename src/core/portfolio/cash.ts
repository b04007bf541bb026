/** What counts as money here: coins pegged to a currency, and currencies. It has no cost, no exposure and no profit. */
const cash = new Set([
  'USDT',
  'USDC',
  'USD',
  'FDUSD',
  'BUSD',
  'TUSD',
  'DAI',
  'USDE',
  'PYUSD',
  'THB',
  'EUR',
  'GBP',
  'JPY',
]);

export const isCash = (asset: string): boolean => cash.has(asset);
