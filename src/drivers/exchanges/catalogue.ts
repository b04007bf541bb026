import type { Exchange } from 'ccxt';
import { type Clock, days, minutes } from '../../core/clock.ts';
import { ExchangeTrouble } from '../../core/market/trouble.ts';
import type { Attempts } from './attempts.ts';
import { within } from './client.ts';

/**
 * What all accounts of an exchange share: its markets and how its clock differs from ours. Loaded at the first need, by
 * a client that never has a key. Whoever waits for it may give up; the loading itself goes on for the others.
 */
export interface Catalogue {
  /** The client that holds the markets. */
  ready(signal: AbortSignal): Promise<Exchange>;
  /** Measures the clock anew: it was refused. */
  resync(signal: AbortSignal): Promise<void>;
  /** How far our clock is ahead of the exchange's, as ccxt has it. */
  differenceMs(): number;
  loads(): number;
}

export interface CatalogueOptions {
  readonly exchange: string;
  readonly clock: Clock;
  readonly attempts: Attempts;
  open(): Promise<Exchange>;
}

const MARKETS_STALE_MS = days(0.25);
const CLOCK_STALE_MS = minutes(15);
const TIMEOUT_MS = minutes(1);

export function openCatalogue({ exchange, clock, attempts, open }: CatalogueOptions): Catalogue {
  const nowMs = () => clock.now().getTime();
  let loaded: Exchange | undefined;
  let loads = 0;
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let syncedAtMs = Number.NEGATIVE_INFINITY;
  let differenceMs = 0;

  const load = oneAtATime(async () => {
    const client = loaded ?? (await open());
    await sync(client);
    // A failed attempt is kept for ever unless ccxt is told to try again.
    await patiently((signal) => attempts.run(client, null, signal, () => client.loadMarkets(true)));
    loads += 1;
    loaded = client;
    loadedAtMs = nowMs();
  });

  const sync = oneAtATime(async (client: Exchange) => {
    differenceMs = await patiently((signal) =>
      attempts.run(client, null, signal, async () => {
        const before = nowMs();
        const server = await client.fetchTime();
        if (server === undefined) throw new ExchangeTrouble(exchange, 'malformed');
        return Math.round((before + nowMs()) / 2 - server);
      }),
    );
    syncedAtMs = nowMs();
  });

  async function patiently<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return work(signal).catch((error: unknown) => {
      throw signal.aborted ? new ExchangeTrouble(exchange, 'slow') : error;
    });
  }

  return {
    async ready(signal) {
      if (nowMs() - loadedAtMs > MARKETS_STALE_MS) {
        const loading = load();
        // Markets of yesterday are better than none while the new ones are on their way.
        if (!loaded) await within(signal, loading);
      }
      if (!loaded) throw new ExchangeTrouble(exchange, 'unreachable');
      if (nowMs() - syncedAtMs > CLOCK_STALE_MS) await within(signal, sync(loaded));
      return loaded;
    },
    async resync(signal) {
      if (loaded) await within(signal, sync(loaded));
    },
    differenceMs: () => differenceMs,
    loads: () => loads,
  };
}

/** Whoever comes while it is under way waits for that one; one that fails with nobody waiting is nobody's trouble. */
function oneAtATime<A extends readonly unknown[]>(
  work: (...given: A) => Promise<void>,
): (...given: A) => Promise<void> {
  let running: Promise<void> | undefined;
  return (...given) => {
    running ??= work(...given).finally(() => {
      running = undefined;
    });
    running.catch(() => undefined);
    return running;
  };
}
