import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { demoMarket } from './demo.ts';
import { DEMO } from './demoSource.ts';

export type MarketContext = Context;

export async function findMarket(_ctx: MarketContext, text: string): Promise<{ source: string; symbol: string }> {
  const bare = text.trim().toUpperCase();
  const symbol = bare.includes('/') ? bare : `${bare}/USDT`;
  if (!demoMarket(symbol)) fail('market.symbol_unknown', { symbol, suggests: 'no', suggestions: '' });
  return { source: DEMO, symbol };
}
