import type { Exchange } from 'ccxt';
import { type Clock, minutes, seconds } from '../../core/clock.ts';
import { ExchangeTrouble, keyTroubles, type TroubleKind } from '../../core/market/trouble.ts';
import type { AccountLogin, Endpoint } from '../../core/trading/exchange.ts';
import { type Attempts, openAttempts } from './attempts.ts';
import { type Breaker, openBreaker } from './breaker.ts';
import { type Catalogue, openCatalogue } from './catalogue.ts';
import { type BaseUrls, callSignal, type ExchangeId, openClient } from './client.ts';
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
  held(): Held;
}

/** Accounts that are remembered, clients that wait, and how often markets were loaded. */
export interface Held {
  seats: number;
  clients: number;
  loads: number;
}

/** What says something about the exchange, whoever asked, and what about one account. */
const ofVenue: readonly TroubleKind[] = ['unreachable', 'slow', 'maintenance', 'malformed'];
const ofAccount: readonly TroubleKind[] = ['slow', 'malformed', 'clock', ...keyTroubles];

/** An exchange on one of its networks, as far as a session needs it. */
interface Place {
  id: ExchangeId;
  endpoint: Endpoint;
  profile: Profile;
  clock: Clock;
  attempts: Attempts;
  catalogue: Catalogue;
}

export function openVenue(id: ExchangeId, endpoint: Endpoint, profile: Profile, options: VenueOptions): Venue {
  const { clock, backoffMs = 300 } = options;
  const newPace = () => openPace(options.burstMs);
  const [addressPace, ownPace] = [newPace(), newPace()];
  const breakerFor = (failures: number, counts: readonly TroubleKind[], longestMs: number): Breaker =>
    openBreaker({ exchange: id, clock, failures, counts, openMs: seconds(30), longestMs });
  const breaker = breakerFor(8, ofVenue, minutes(5));
  const attempts = openAttempts({ exchange: id, clock, backoffMs, limitsAddress: profile.limits === 'address' });
  const open = (pace: () => Pace) => openFor({ id, endpoint, profile }, options, pace, addressPace);
  const catalogue = openCatalogue({ exchange: id, clock, attempts, open: () => open(() => ownPace) });
  const place: Place = { id, endpoint, profile, clock, attempts, catalogue };
  const seats = openSeats({
    seats: options.seats ?? 5000,
    clients: options.clients ?? 20,
    open,
    newSeat: () => ({ breaker: breakerFor(3, ofAccount, minutes(15)), pace: newPace(), learnt: {} }),
  });

  async function runAs<T>(login: AccountLogin, signal: AbortSignal, work: (session: Session) => Promise<T>) {
    if (!isWellFormed(login.key)) throw new ExchangeTrouble(id, 'key_invalid');
    return seats.use(login, (client, seat) =>
      seat.breaker.run(async () => {
        const shared = await catalogue.ready(signal);
        if (client.markets !== shared.markets) client.setMarketsFromExchange(shared);
        return work(sessionOf(place, client, login.accountId, signal));
      }),
    );
  }

  return {
    run: (login, signal, work) =>
      breaker.run(async () => {
        signal.throwIfAborted();
        const careful = (session: Session) => work(session).catch((error: unknown) => stumbled(id, error));
        if (login) return runAs(login, signal, careful);
        return careful(sessionOf(place, await catalogue.ready(signal), null, signal));
      }),
    forget(accountId) {
      seats.drop(accountId);
      attempts.forget(accountId);
    },
    held: () => ({ ...seats.held(), loads: catalogue.loads() }),
  };
}

/** What we made of an answer stumbled over what it expected to find there, and would quote it. */
function stumbled(exchange: string, error: unknown): never {
  const isOverAnswer = error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError;
  throw isOverAnswer ? new ExchangeTrouble(exchange, 'malformed') : error;
}

/** Where limits are counted by account, our address still has one: Bybit's is 600 in five seconds, Bitget's 6,000 a minute. */
const ADDRESS_COST_MS = 10;

/** A client that keeps every digit, asks for no more than is needed, and waits for its turn. */
async function openFor(
  { id, endpoint, profile }: Pick<Place, 'id' | 'endpoint' | 'profile'>,
  { baseUrls, clock, timeoutMs }: VenueOptions,
  pace: () => Pace,
  addressPace: Pace,
): Promise<Exchange> {
  const isTestnet = endpoint === 'testnet';
  const client = await openClient(id, { baseUrls, clock, isTestnet, ...(timeoutMs && { timeoutMs }) });
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
    await pace().take(costMs, callSignal());
    await addressPace.take(profile.addressCostMs ?? ADDRESS_COST_MS, callSignal());
  };
  return client;
}

function sessionOf(place: Place, client: Exchange, accountId: string | null, signal: AbortSignal): Session {
  const { id, endpoint, profile, clock, attempts, catalogue } = place;
  const asked = <T>(question: (client: Exchange) => Promise<T>) => {
    client.options.timeDifference = catalogue.differenceMs();
    return attempts.run(client, accountId, signal, () => question(client));
  };
  return {
    id,
    endpoint,
    profile,
    signal,
    client,
    now: () => clock.now(),
    clockOffsetMs: () => -catalogue.differenceMs(),
    async ask(question) {
      try {
        return await asked(question);
      } catch (error) {
        if (!(error instanceof ExchangeTrouble) || error.kind !== 'clock') throw error;
        await catalogue.resync(signal);
        return asked(question);
      }
    },
  };
}
