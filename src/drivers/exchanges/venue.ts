import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from 'ccxt';
import { type Clock, days, minutes, seconds } from '../../core/clock.ts';
import { ExchangeTrouble, type TroubleKind } from '../../core/market/trouble.ts';
import type { AccountLogin, Endpoint } from '../../core/trading/exchange.ts';
import { type Breaker, openBreaker } from './breaker.ts';
import { ask, type BaseUrls, callSignal, type ExchangeId, openClient, within } from './client.ts';
import { openPace, type Pace } from './pace.ts';
import type { Profile } from './profiles.ts';
import { isWellFormed, openSeats } from './seats.ts';

export interface VenueOptions {
  readonly baseUrls: BaseUrls;
  readonly clock: Clock;
  /** How many accounts are remembered, and how many clients are kept for their next calls. */
  readonly seats?: number;
  readonly clients?: number;
  readonly timeoutMs?: number;
  /** The first pause between attempts. */
  readonly backoffMs?: number;
  /** How much may go at once after a quiet time; a test has longer ones. */
  readonly burstMs?: number;
}

/** What a piece of work is given: an exchange that can be asked, on behalf of an account or of nobody. */
export interface Session {
  readonly id: ExchangeId;
  readonly endpoint: Endpoint;
  readonly profile: Profile;
  readonly signal: AbortSignal;
  /** For its markets and options only. */
  readonly client: Exchange;
  now(): Date;
  /** How far the exchange's clock is ahead of ours. */
  clockOffsetMs(): number;
  /** One question. Only reads go through here: what did not work is asked again, at most three times. */
  ask<T>(question: (client: Exchange) => Promise<T>): Promise<T>;
}

/** One exchange with one network: what all its accounts share, and each account's own place in it. */
export interface Venue {
  run<T>(login: AccountLogin | null, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T>;
  forget(accountId: string): void;
  /** Accounts that are remembered, clients that wait, and how often markets were loaded. */
  held(): Held;
}

export interface Held {
  seats: number;
  clients: number;
  loads: number;
}

const ATTEMPTS = 3;
/** Longer pauses than this are not waited out inside a call. */
const PATIENCE_MS = seconds(3);
const MARKETS_STALE_MS = days(0.25);
const CLOCK_STALE_MS = minutes(15);
const LOAD_TIMEOUT_MS = minutes(1);
/** Where limits are counted by account, our address still has one: far above what we ask for. */
const ADDRESS_COST_MS = 10;

const worthAnother: readonly TroubleKind[] = ['unreachable', 'slow', 'malformed'];
const ofVenue: readonly TroubleKind[] = ['unreachable', 'slow', 'maintenance', 'malformed'];
const ofAccount: readonly TroubleKind[] = [
  'slow',
  'malformed',
  'clock',
  'key_invalid',
  'key_refused',
  'key_expired',
  'ip_not_allowed',
  'permission',
  'suspended',
];

/** A pause that an exchange asked for. */
interface Hold {
  kind: TroubleKind;
  untilMs: number;
}

export function openVenue(id: ExchangeId, endpoint: Endpoint, profile: Profile, options: VenueOptions): Venue {
  const { clock, baseUrls, timeoutMs, backoffMs = 300 } = options;
  const nowMs = () => clock.now().getTime();
  const newPace = () => openPace(options.burstMs);
  const addressPace = newPace();
  const holds = new Map<string, Hold>();
  const breakerFor = (failures: number, counts: readonly TroubleKind[], longestMs: number): Breaker =>
    openBreaker({ exchange: id, clock, failures, counts, openMs: seconds(30), longestMs });
  const venueBreaker = breakerFor(8, ofVenue, minutes(5));
  const seats = openSeats({
    seats: options.seats ?? 5000,
    clients: options.clients ?? 20,
    open,
    newSeat: () => ({ breaker: breakerFor(3, ofAccount, minutes(15)), pace: newPace(), learnt: {} }),
  });

  const ownPace = newPace();
  let loader: Exchange | undefined;
  let loading: Promise<void> | undefined;
  let loads = 0;
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let syncing: Promise<void> | undefined;
  let syncedAtMs = Number.NEGATIVE_INFINITY;
  /** How far our clock is ahead of the exchange's, as ccxt has it. */
  let differenceMs = 0;

  async function open(ownPace: () => Pace): Promise<Exchange> {
    const opened = { baseUrls, clock, isTestnet: endpoint === 'testnet', ...(timeoutMs && { timeoutMs }) };
    const client = await openClient(id, opened);
    // Every quantity stays the text that it came as; ccxt's types say number all the same.
    client.number = String as unknown as typeof client.number;
    // Of currencies only Kraken's names are needed; elsewhere this asks for networks and fees, in part with a key.
    client.has.fetchCurrencies = id === 'kraken';
    client.options.fetchMarkets = profile.markets;
    // Only for the margin that is computed from brackets, which we do not use: one question less for every account.
    client.options.leverageBrackets = {};
    client.throttle = async (cost = 1) => {
      const costMs = cost * (client.rateLimit ?? 0);
      if (profile.limits === 'address') return addressPace.take(costMs, callSignal());
      await ownPace().take(costMs, callSignal());
      await addressPace.take(ADDRESS_COST_MS, callSignal());
    };
    return client;
  }

  /** Clock and markets, once for all accounts. Whoever waits for them may give up; the loading itself goes on. */
  async function ready(signal: AbortSignal): Promise<Exchange> {
    const isStale = nowMs() - loadedAtMs > MARKETS_STALE_MS;
    if (isStale) {
      loading ??= load().finally(() => {
        loading = undefined;
      });
      loading.catch(() => undefined);
    }
    // Markets of yesterday are better than none while the new ones are on their way.
    if (!loader && loading) await within(signal, loading);
    if (!loader) throw new ExchangeTrouble(id, 'unreachable');
    if (nowMs() - syncedAtMs > CLOCK_STALE_MS) await within(signal, sync(loader));
    return loader;
  }

  async function load(): Promise<void> {
    const client = loader ?? (await open(() => ownPace));

    const signal = AbortSignal.timeout(LOAD_TIMEOUT_MS);
    try {
      await sync(client);
      // A failed attempt is kept for ever unless ccxt is told to try again.
      await attempts(client, null, signal, () => client.loadMarkets(true));
    } catch (error) {
      throw signal.aborted ? new ExchangeTrouble(id, 'slow') : error;
    }
    loads += 1;
    loader = client;
    loadedAtMs = nowMs();
  }

  function sync(client: Exchange): Promise<void> {
    syncing ??= measure(client).finally(() => {
      syncing = undefined;
    });
    return syncing;
  }

  async function measure(client: Exchange): Promise<void> {
    const signal = AbortSignal.timeout(LOAD_TIMEOUT_MS);
    const difference = await attempts(client, null, signal, async () => {
      const before = nowMs();
      const server = await client.fetchTime();
      if (server === undefined) throw new ExchangeTrouble(id, 'malformed');
      return Math.round((before + nowMs()) / 2 - server);
    });
    differenceMs = difference;
    syncedAtMs = nowMs();
  }

  /** Asks again after what passes quickly, with growing pauses of uneven length. */
  async function attempts<T>(
    client: Exchange,
    accountId: string | null,
    signal: AbortSignal,
    question: () => Promise<T>,
  ) {
    for (let attempt = 1; ; attempt++) {
      await waitOut(accountId, signal);
      try {
        return await ask(client, signal, question);
      } catch (error) {
        if (!(error instanceof ExchangeTrouble)) throw error;
        hold(accountId, error);
        const isShort = error.kind === 'limited' && error.retryAfterMs <= PATIENCE_MS;
        if (attempt >= ATTEMPTS || !(isShort || worthAnother.includes(error.kind))) throw error;
        const pauseMs = backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random());
        await sleep(Math.max(pauseMs, error.retryAfterMs), undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  /** A ban is of our address; a limit is, where the exchange counts by address. */
  function hold(accountId: string | null, { kind, retryAfterMs }: ExchangeTrouble): void {
    if (retryAfterMs === 0) return;
    const isOfAll = kind === 'banned' || profile.limits === 'address';
    holds.set(isOfAll ? '' : (accountId ?? ''), { kind, untilMs: nowMs() + retryAfterMs });
  }

  async function waitOut(accountId: string | null, signal: AbortSignal): Promise<void> {
    for (const key of ['', accountId]) {
      const held = key === null ? undefined : holds.get(key);
      const leftMs = held ? held.untilMs - nowMs() : 0;
      if (held && leftMs <= 0) holds.delete(key ?? '');
      if (!held || leftMs <= 0) continue;
      if (leftMs > PATIENCE_MS) throw new ExchangeTrouble(id, held.kind, leftMs);
      await sleep(leftMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  function session(client: Exchange, accountId: string | null, signal: AbortSignal): Session {
    const asked = <T>(question: (client: Exchange) => Promise<T>) => {
      client.options.timeDifference = differenceMs;
      return attempts(client, accountId, signal, () => question(client));
    };
    return {
      id,
      endpoint,
      profile,
      signal,
      client,
      now: () => clock.now(),
      clockOffsetMs: () => -differenceMs,
      async ask(question) {
        try {
          return await asked(question);
        } catch (error) {
          if (!(error instanceof ExchangeTrouble) || error.kind !== 'clock' || !loader) throw error;
          await within(signal, sync(loader));
          return asked(question);
        }
      },
    };
  }

  async function runAs<T>(login: AccountLogin, signal: AbortSignal, work: (session: Session) => Promise<T>) {
    if (!isWellFormed(login.key)) throw new ExchangeTrouble(id, 'key_invalid');
    return seats.use(login, (client, { breaker }) =>
      breaker.run(async () => {
        const shared = await ready(signal);
        if (client.markets !== shared.markets) client.setMarketsFromExchange(shared);
        return work(session(client, login.accountId, signal));
      }),
    );
  }

  return {
    run: (login, signal, work) =>
      venueBreaker.run(async () => {
        signal.throwIfAborted();
        if (login) return runAs(login, signal, work);
        return work(session(await ready(signal), null, signal));
      }),
    forget(accountId) {
      seats.drop(accountId);
      holds.delete(accountId);
    },
    held: () => ({ ...seats.held(), loads }),
  };
}
