import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { type ExchangeId, exchangeIds, openClient } from '../../src/drivers/exchanges/client.ts';
import { profiles } from '../../src/drivers/exchanges/profiles.ts';
import { readAccount } from '../../src/drivers/exchanges/reading.ts';
import { readRights } from '../../src/drivers/exchanges/rights.ts';
import type { Session } from '../../src/drivers/exchanges/venue.ts';

/** The one question each exchange is asked about a key, and answers to it as their documentation has them. */
const questions: Record<ExchangeId, string> = {
  binance: 'sapiGetAccountApiRestrictions',
  bybit: 'privateGetV5UserQueryApi',
  okx: 'privateGetAccountConfig',
  mexc: 'spotPrivateGetAccount',
  bitget: 'privateSpotGetV2SpotAccountInfo',
  kucoin: 'privateGetUserApiKey',
  gate: 'privateAccountGetMainKeys',
  kraken: 'privatePostGetApiKeyInfo',
};

type Said = [
  canTrade: boolean | null,
  canWithdraw: boolean | null,
  ipRestricted: boolean | null,
  expiresAt: Date | null,
];
const until = new Date('2027-03-01T00:00:00Z');
const bybit = (over: object) => ({
  result: { readOnly: 0, permissions: { Spot: ['SpotTrade'], Wallet: [] }, ips: ['*'], ...over },
});
const kucoin = (over: object) => ({ code: '200000', data: { permission: 'General,Spot,InnerTransfer', ...over } });
const gate = (over: object) => ({ perms: [{ name: 'spot', read_only: false }], ip_whitelist: [], ...over });

const cases: [ExchangeId, unknown, Said][] = [
  ['bybit', bybit({ expiredAt: '2027-03-01T00:00:00Z' }), [true, false, false, until]],
  ['bybit', bybit({ readOnly: 1, permissions: { Wallet: ['Withdraw'] } }), [false, false, false, null]],
  ['bybit', bybit({ permissions: { Wallet: ['Withdraw'] }, ips: ['1.2.3.4'] }), [false, true, true, null]],
  ['okx', { data: [{ perm: 'read_only', ip: '' }] }, [false, false, false, null]],
  ['okx', { data: [{}] }, [null, null, null, null]],
  ['mexc', { canTrade: true, canWithdraw: true, balances: [] }, [true, null, null, null]],
  ['mexc', { balances: [] }, [null, null, null, null]],
  ['bitget', { data: { authorities: ['stor', 'cpor'], ips: '1.2.3.4' } }, [false, false, true, null]],
  ['bitget', { data: { authorities: ['stow', 'wtow'], ips: '' } }, [true, false, false, null]],
  ['bitget', { data: { authorities: ['stor', 'wwow'], ips: '' } }, [false, true, false, null]],
  ['bitget', { data: { authorities: ['trade', 'readonly'] } }, [true, false, null, null]],
  ['kucoin', kucoin({ ipWhitelist: '1.2.3.4,5.6.7.8' }), [true, false, true, null]],
  ['kucoin', kucoin({ permission: 'General,Transfer' }), [false, true, null, null]],
  ['kucoin', kucoin({ permission: 'General' }), [false, false, null, null]],
  ['gate', gate({}), [true, false, false, null]],
  [
    'gate',
    [gate({ perms: [{ name: 'withdrawal', read_only: false }], ip_whitelist: ['1.2.3.4'] })],
    [false, true, true, null],
  ],
  ['gate', gate({ perms: [{ name: 'spot', read_only: true }] }), [false, false, false, null]],
  ['gate', [gate({ key: 'one' }), gate({ key: 'two' })], [null, null, null, null]],
  ['gate', [gate({ key: 'one' }), gate({ key: 'mine', perms: [] })], [false, false, false, null]],
  [
    'kraken',
    { result: { permissions: ['query-funds', 'query-open-trades'], ip_allowlist: [] } },
    [false, false, false, null],
  ],
  [
    'kraken',
    {
      result: {
        permissions: ['query-funds', 'modify-trades', 'withdraw-funds'],
        valid_until: String(until.getTime() / 1000),
      },
    },
    [true, true, null, until],
  ],
];

function sessionOf(id: ExchangeId, answer: unknown): Session {
  const client = {
    apiKey: 'mine',
    options: {},
    fetchBalance: async () => ({ info: {} }),
    safeCurrencyCode: String,
    safeBool: () => false,
    safeDict: () => ({}),
    safeInteger: () => 1,
    isUnifiedEnabled: async () => [false, false],
    isUTAEnabled: async () => false,
    privateGetHfAccountsOpened: async () => ({}),
    privateUtaGetV3AccountSettings: async () => ({}),
    privateAccountGetDetail: async () => ({}),
    [questions[id]]: async () => answer,
  } as unknown as Session['client']; // all that a question about rights touches
  const signal = new AbortController().signal;
  const ask: Session['ask'] = (question) => question(client);
  return {
    id,
    endpoint: 'live',
    profile: profiles[id],
    signal,
    client,
    now: () => new Date(),
    clockOffsetMs: () => 7,
    ask,
  };
}

test.each(cases)('%s: %j', async (id, answer, [canTrade, canWithdraw, ipRestricted, expiresAt]) => {
  expect(await readRights(sessionOf(id, answer))).toEqual({
    canTrade,
    canWithdraw,
    ipRestricted,
    expiresAt,
    clockOffsetMs: 7,
  });
});

test('every question that is asked by its own name is one that the library has', async () => {
  for (const id of exchangeIds) {
    const client = await openClient(id, { baseUrls: {}, clock: systemClock });
    const names: Partial<Record<ExchangeId, string[]>> = {
      bybit: ['isUnifiedEnabled'],
      bitget: ['privateUtaGetV3AccountSettings'],
      kucoin: ['privateGetHfAccountsOpened', 'isUTAEnabled'],
      gate: ['privateAccountGetDetail'],
    };
    const unified = [
      'fetchTime',
      'fetchBalance',
      'fetchOpenOrders',
      'fetchMyTrades',
      'fetchDeposits',
      'fetchWithdrawals',
      'fetchTickers',
    ];
    for (const name of [questions[id], ...(names[id] ?? []), ...unified])
      expect([id, name, typeof (client as unknown as Record<string, unknown>)[name]]).toEqual([id, name, 'function']);
  }
});

test('an account with one wallet for everything is read once: not as spot and as futures, and by that wallet’s name', async () => {
  const cases: [ExchangeId, object, Record<string, unknown>[]][] = [
    ['kucoin', { uta: true }, [{ type: 'unified' }, { type: 'funding' }]],
    ['kucoin', { uta: false }, [{ type: 'trade' }, { type: 'main' }, { type: 'swap', code: 'USDT' }]],
    ['gate', { unifiedAccount: true }, [{ type: 'spot' }]],
    ['gate', { unifiedAccount: false }, [{ type: 'spot' }, { type: 'swap', settle: 'usdt' }]],
    ['bitget', { uta: true }, [{ type: 'spot' }]],
    ['bitget', { uta: false }, [{ type: 'spot' }, { type: 'swap', productType: 'USDT-FUTURES' }]],
    ['bybit', { enableUnifiedAccount: true }, [{ type: 'spot' }, { type: 'funding' }]],
    [
      'bybit',
      { enableUnifiedAccount: false },
      [{ type: 'spot' }, { type: 'funding' }, { type: 'swap', subType: 'linear' }],
    ],
  ];
  for (const [id, options, wallets] of cases) {
    const session = sessionOf(id, {});
    const asked: unknown[] = [];
    Object.assign(session.client.options, { learntHf: true, ...options });
    Object.assign(session.client, {
      fetchBalance: async (params: unknown) => {
        asked.push(params);
        return { info: {}, USDT: { free: '1', used: '0', total: '1' } };
      },
      fetchPositions: async () => [],
      fetchOpenOrders: async () => [],
      isUTAEnabled: async () => 'uta' in options && options.uta,
    });
    const { balances } = await readAccount(session);
    expect([id, options, asked]).toEqual([id, options, wallets]);
    expect(balances.reduce((sum, { total }) => sum + Number(total), 0)).toBe(wallets.length);
  }
});
