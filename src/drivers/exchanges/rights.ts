import type { Exchange } from 'ccxt';
import { ExchangeTrouble } from '../../core/market/trouble.ts';
import type { KeyRights } from '../../core/trading/exchange.ts';
import type { ExchangeId } from './client.ts';
import { readSpot } from './reading.ts';
import type { Session } from './venue.ts';

type Said = Omit<KeyRights, 'clockOffsetMs'>;
type Fields = Readonly<Record<string, unknown>>;

const nothing: Said = { canTrade: null, canWithdraw: null, ipRestricted: null, expiresAt: null };

/** Reads with the key, which proves it and the clock, and asks what else it may do. */
export async function readRights(session: Session): Promise<KeyRights> {
  await readSpot(session);
  const isToldOf = session.endpoint === 'live' || session.id !== 'binance';
  const said = isToldOf ? await told[session.id](session) : nothing; // Binance's test network has no wallet API
  return { ...said, clockOffsetMs: session.clockOffsetMs() };
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {}); // any object may be read so
const list = (value: unknown): readonly unknown[] | null => (Array.isArray(value) ? value : null);
/** `a, b` or a list, as exchanges write it; null where there is neither. */
const words = (value: unknown): readonly string[] | null =>
  list(value)?.map(String) ?? (typeof value === 'string' ? value.split(/[,\s]+/).filter(Boolean) : null);
const yes = (value: unknown): boolean | null =>
  value === undefined || value === null ? null : String(value) === 'true';
const some = (found: readonly string[] | null, wanted: RegExp) => found?.some((word) => wanted.test(word)) ?? null;
/** A list of addresses restricts unless it is empty or a star stands in it. */
const restricts = (found: readonly string[] | null) =>
  found?.some((word) => word !== '*' && word !== '0.0.0.0/0') ?? null;

function moment(value: unknown): Date | null {
  if (value === undefined || value === null || value === '') return null;
  const at = new Date(/^\d+$/.test(String(value)) ? Number(value) : String(value));
  return at.getTime() > 0 ? at : null;
}

const asking = (session: Session, question: (client: Exchange) => Promise<unknown>) =>
  session.ask(question).then(fields);

const told: Readonly<Record<ExchangeId, (session: Session) => Promise<Said>>> = {
  async binance(session) {
    const said = await asking(session, (client) => client.sapiGetAccountApiRestrictions());
    if (yes(said.enableReading) === false) throw new ExchangeTrouble('binance', 'permission');
    const trades = ['enableSpotAndMarginTrading', 'enableFutures', 'enableMargin', 'enableVanillaOptions'];
    return {
      canTrade: trades.some((name) => yes(said[name])),
      canWithdraw: yes(said.enableWithdrawals),
      ipRestricted: yes(said.ipRestrict),
      // Trading ends then; reading goes on.
      expiresAt: moment(said.tradingAuthorityExpirationTime),
    };
  },
  async bybit(session) {
    const { result } = await asking(session, (client) => client.privateGetV5UserQueryApi());
    const said = fields(result);
    const isReadOnly = String(said.readOnly) === '1';
    const permissions = fields(said.permissions);
    const trades = ['ContractTrade', 'Spot', 'Options', 'Derivatives'];
    return {
      canTrade: !isReadOnly && trades.some((name) => (list(permissions[name])?.length ?? 0) > 0),
      canWithdraw: !isReadOnly && (list(permissions.Wallet)?.includes('Withdraw') ?? false),
      ipRestricted: restricts(words(said.ips)),
      expiresAt: moment(said.expiredAt),
    };
  },
  async okx(session) {
    const { data } = await asking(session, (client) => client.privateGetAccountConfig());
    const said = fields(list(data)?.[0]);
    const may = words(said.perm);
    return {
      ...nothing,
      canTrade: some(may, /^trade$/),
      canWithdraw: some(may, /^withdraw$/),
      ipRestricted: restricts(words(said.ip)),
    };
  },
  async mexc(session) {
    const said = await asking(session, (client) => client.spotPrivateGetAccount());
    // Its `canWithdraw` is about the account and not about the key: no key at all could be added if it were believed.
    return { ...nothing, canTrade: yes(said.canTrade) };
  },
  async bitget(session) {
    const { data } = await asking(session, (client) => client.privateSpotGetV2SpotAccountInfo());
    const said = fields(data);
    const may = words(said.authorities);
    return {
      ...nothing,
      // Four letters each: what for, and r or w. Older keys have whole words.
      canTrade: some(may, /^(stow|coow|cpow|smow|trade)$/),
      canWithdraw: some(may, /^(wwow|withdraw\w*)$/),
      ipRestricted: restricts(words(said.ips)),
    };
  },
  async kucoin(session) {
    const { data } = await asking(session, (client) => client.privateGetUserApiKey());
    const said = fields(data);
    const may = words(said.permission);
    return {
      canTrade: some(may, /^(trade|spot|margin|futures)$/i),
      // `Transfer` takes funds out; `InnerTransfer` and `FlexTransfers` move them between accounts of one owner.
      canWithdraw: some(may, /^(transfer|withdraw\w*)$/i),
      ipRestricted: restricts(words(said.ipWhitelist)),
      expiresAt: moment(said.expiredAt),
    };
  },
  async gate(session) {
    const answer = await session.ask((client) => client.privateAccountGetMainKeys());
    const keys = (list(answer) ?? [answer]).map(fields);
    // Of several keys it does not say which one is asking, unless by its text.
    const said = keys.length === 1 ? keys[0] : keys.find(({ key }) => key === session.client.apiKey);
    const may = list(said?.perms)?.map(fields);
    if (!said || !may) return nothing;
    const writes = may.filter((permission) => yes(permission.read_only) !== true).map(({ name }) => String(name));
    return {
      canTrade: some(writes, /^(spot|futures|delivery|margin|unified|options)$/),
      canWithdraw: some(writes, /withdraw/),
      ipRestricted: restricts(words(said.ip_whitelist)),
      expiresAt: null,
    };
  },
  async kraken(session) {
    const { result } = await asking(session, (client) => client.privatePostGetApiKeyInfo());
    const said = fields(result);
    const may = words(said.permissions);
    const untilSeconds = Number(said.valid_until ?? 0);
    return {
      canTrade: some(may, /^(?!query|close|cancel).*(trade|order)/i),
      canWithdraw: some(may, /withdraw/i),
      ipRestricted: restricts(words(said.ip_allowlist)),
      expiresAt: untilSeconds > 0 ? new Date(untilSeconds * 1000) : null,
    };
  },
};
