import { type FakeAccount, fakeAccount } from './binanceAccount.ts';

export const SECRET = 'sEcReT7dQ4b1Zk9XwVtNn2uHh8rYy3PpLlMm6JjGg5FfDdAaSsQqWwEeRrTtYyUu';
export const API_KEY = 'kEyAb3dEfGhIjKlMnOpQrStUvWxYz0123456789AaBbCcDdEeFfGgHhIiJjKkLl';

/** More digits than a double holds, on either side of the point. */
export const LONG = '123456789012.345678901234567890';

const row = { network: 'TRX', address: 'TA', addressTag: '', txId: '0xabc', confirmTimes: '1/1' };

/** Somebody who holds coins in two wallets, has futures, has traded and has paid in and out. */
export function trader(over: Partial<FakeAccount> = {}): FakeAccount {
  return fakeAccount(SECRET, {
    balances: [
      { asset: 'BTC', free: LONG, locked: '0.000000000000000000000000000001' },
      { asset: 'USDT', free: '100.10000000', locked: '0.20000000' },
      { asset: 'DUST', free: '0.00000000', locked: '0.00000000' },
    ],
    funding: [{ asset: 'USDT', free: '50.00000001', locked: '0', freeze: '0', withdrawing: '1', btcValuation: '0' }],
    orders: [
      {
        symbol: 'BTCUSDT',
        orderId: 28,
        clientOrderId: 'x',
        price: '30000.00000000',
        origQty: '0.50000000',
        executedQty: '0.10000000',
        cummulativeQuoteQty: '3000.00000000',
        status: 'PARTIALLY_FILLED',
        timeInForce: 'GTC',
        type: 'LIMIT',
        side: 'BUY',
        time: 1704067200000,
        updateTime: 1704067200000,
      },
    ],
    futures: {
      assets: [
        {
          asset: 'USDT',
          walletBalance: '1000.00000001',
          unrealizedProfit: '-20.5',
          marginBalance: '979.50000001',
          initialMargin: '150.25',
          availableBalance: '829.25000001',
          updateTime: 1704067200000,
        },
      ],
      positions: [
        {
          symbol: 'BTCUSDT',
          positionSide: 'BOTH',
          positionAmt: '-0.010000000000000000000000000001',
          entryPrice: '44000.0',
          breakEvenPrice: '44001.0',
          markPrice: '46050.00000000',
          unRealizedProfit: '-20.50000000',
          liquidationPrice: '139000.1',
          isolatedMargin: '0',
          notional: '-460.50000000',
          marginAsset: 'USDT',
          isolatedWallet: '0',
          initialMargin: '150.25',
          maintMargin: '1.84',
          positionInitialMargin: '150.25',
          openOrderInitialMargin: '0',
          adl: 2,
          bidNotional: '0',
          askNotional: '0',
          updateTime: 1704067200000,
        },
      ],
      orders: [],
      trades: [],
    },
    deposits: [
      { ...row, id: 'dep1', amount: LONG, coin: 'USDT', status: 1, insertTime: Date.UTC(2024, 0, 5) },
      { ...row, id: 'dep2', amount: '7', coin: 'USDT', status: 0, insertTime: Date.UTC(2024, 0, 6) },
    ],
    withdrawals: [
      {
        ...row,
        id: 'wit1',
        amount: '8.5',
        transactionFee: '1',
        coin: 'USDT',
        status: 6,
        applyTime: '2024-05-01 10:00:00',
      },
      {
        ...row,
        id: 'wit2',
        amount: '9',
        transactionFee: '1',
        coin: 'USDT',
        status: 4,
        applyTime: '2024-05-02 10:00:00',
      },
    ],
    ...over,
  });
}

export const spotTrade = (id: number | string, time: number, over: object = {}) => ({
  symbol: 'BTCUSDT',
  id,
  orderId: 100,
  price: '42000.10',
  qty: '0.001',
  quoteQty: '42.0001',
  commission: '0.00000100',
  commissionAsset: 'BTC',
  time,
  isBuyer: true,
  isMaker: false,
  ...over,
});

export const futuresTrade = (id: number, time: number, over: object = {}) => ({
  symbol: 'BTCUSDT',
  id,
  orderId: 7,
  side: 'SELL',
  price: '44000.0',
  qty: '0.010',
  realizedPnl: '0',
  quoteQty: '440',
  commission: '0.176',
  commissionAsset: 'USDT',
  time,
  positionSide: 'BOTH',
  buyer: false,
  maker: false,
  ...over,
});
