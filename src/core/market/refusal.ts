import { Refusal, type RefusalCode } from '../error.ts';
import { ExchangeTrouble, type TroubleKind } from './trouble.ts';

/** What is about keys cannot come of asking for candles, which needs none. */
const codes: Partial<Record<TroubleKind, RefusalCode>> = {
  unreachable: 'market.unreachable',
  slow: 'market.slow',
  limited: 'market.limited',
  banned: 'market.limited',
  maintenance: 'market.maintenance',
  region: 'market.region',
  symbol_unknown: 'market.not_traded',
  unsupported: 'market.unsupported',
  malformed: 'market.malformed',
};

/** An exchange's trouble as a refusal in words, for whoever asked; anything else as it is. */
export function troubleRefusal(error: unknown, about: { symbol?: string; timeframe?: string }): unknown {
  if (!(error instanceof ExchangeTrouble)) return error;
  const { symbol = '', timeframe = '' } = about;
  return new Refusal(codes[error.kind] ?? 'market.malformed', { exchange: error.exchange, symbol, timeframe });
}
