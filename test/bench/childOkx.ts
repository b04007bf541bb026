import { startOkx } from '../support/okx.ts';

/** An exchange in a process of its own, as it would be: every key that begins with `bench-` opens an account like all others. */
const okx = await startOkx();
const count = Number(process.argv[2] ?? 0);
const row = (ccy: string, eq: string) => ({
  ccy,
  eq,
  cashBal: eq,
  availBal: eq,
  availEq: eq,
  frozenBal: '0',
  upl: '0',
});
for (let n = 0; n < count; n++)
  okx.accounts.set(`bench-${n}`, {
    secret: `secret-${n}`,
    passphrase: 'bench',
    perm: 'read_only',
    ip: '127.0.0.1',
    trading: [row('USDT', '1000'), row('BTC', '0.5'), row('ETH', '3')],
    funding: [],
    positions: [],
    orders: [],
    fills: [],
    deposits: [],
    withdrawals: [],
  });
process.send?.(okx.baseUrl);
