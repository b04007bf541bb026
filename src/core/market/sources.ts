import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { DEMO } from './demoSource.ts';
import type { CandleSource } from './source.ts';

/** Where candles can be had: the demo exchange, and the real ones that drivers know. */
export interface CandleSources {
  /** In the order in which they are offered, the demo exchange first. */
  readonly ids: readonly string[];
  byId(id: string): CandleSource | undefined;
}

export type MarketContext = Context & { candleSources: CandleSources };

export function candleSources(sources: readonly CandleSource[]): CandleSources {
  const known = new Map(sources.map((source) => [source.id, source]));
  const ids = [...known.keys()].sort((a, b) => Number(b === DEMO) - Number(a === DEMO));
  return { ids, byId: (id) => known.get(id) };
}

/** Refuses `market.source_unknown`; `more` are sources of which there is only what was imported. */
export function unknownSource({ candleSources }: MarketContext, source: string, more: readonly string[] = []): never {
  const choices = [...new Set([...candleSources.ids, ...more])].join(', ');
  return fail('market.source_unknown', { source: source.slice(0, 40), choices });
}
