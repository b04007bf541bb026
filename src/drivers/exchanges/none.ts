import { ExchangeTrouble } from '../../core/market/trouble.ts';
import type { Exchanges } from '../../core/trading/exchange.ts';

const refuse = async (exchange: string): Promise<never> => {
  throw new ExchangeTrouble(exchange, 'unsupported');
};

/** No exchange at all: what was read before is shown, and whoever asks for something new hears that nobody offers it. */
export const noExchanges: Exchanges = {
  offered: [],
  rights: ({ exchange }) => refuse(exchange),
  read: ({ exchange }) => refuse(exchange),
  fills: ({ exchange }) => refuse(exchange),
  moves: ({ exchange }) => refuse(exchange),
  tickers: refuse,
  forget() {},
};
