import type { Context } from '../core/context.ts';
import { fail } from '../core/error.ts';
import { demoCandles, demoMarket } from '../core/market/demo.ts';
import type { LoadCandles } from './runner.ts';

export const loadCandles =
  (_ctx: Context): LoadCandles =>
  async ({ symbol, timeframe, fromMs, toMs }) => {
    const known = demoMarket(symbol) ?? fail('market.symbol_unknown', { symbol, suggests: 'no', suggestions: '' });
    return demoCandles(known, timeframe, fromMs, toMs);
  };
