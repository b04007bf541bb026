import { fail } from '../../core/error.ts';
import { receiptOf } from '../../core/money/receipt.ts';
import { cancelTopup, pendingTopups, readTopup, requestTopup, type Topup } from '../../core/money/topup.ts';
import { command } from '../command.ts';
import { baht, opaque } from '../fields.ts';
import { receiptFile } from '../files/receipt.ts';
import type { Button, Reply } from '../reply.ts';

const back: Button[] = [
  { say: ['button.wallet'], does: 'wallet' },
  { say: ['button.menu'], does: 'menu' },
];

const amounts = [100, 300, 500, 1000, 3000, 5000];

/** The QR with all that a payer needs; named, so that it can be taken away when there is nothing left to pay. */
export function qrReply(topup: Topup, qr: string): Reply {
  return {
    title: ['topup.title'],
    say: ['topup.scan'],
    facts: [
      { label: ['topup.amount'], value: ['value.money', { amountSatang: topup.amountSatang }] },
      { label: ['topup.reference'], value: { code: topup.reference } },
      { label: ['topup.pay_before'], value: ['value.at', { at: topup.expiresAt }] },
    ],
    image: { qr },
    buttons: [
      [
        { say: ['button.check'], does: 'topup.check', on: topup.id, style: 'primary' },
        { say: ['button.cancel'], does: 'topup.cancel', on: topup.id },
      ],
    ],
    sensitive: true,
    screen: `topup:${topup.id}`,
  };
}

export const topup = command({
  name: 'topup',
  audience: 'private',
  args: {
    amountSatang: baht({
      name: 'amount',
      label: ['field.amount'],
      hint: ['field.amount_hint'],
      choices: amounts.map((amount) => ({
        say: ['value.money', { amountSatang: BigInt(amount) * 100n }],
        value: String(amount),
      })),
    }),
  },
  async run(ctx, { amountSatang }) {
    const { topup, qr } = await requestTopup(ctx, { userId: ctx.user.id, amountSatang, requestKey: ctx.requestKey });
    if (topup.status !== 'pending') return stateReply(topup); // the same message, asked again after it was paid
    return qrReply(topup, qr && 'payload' in qr ? qr.payload : fail('gateway.unavailable'));
  },
});

/** Between its end and the job that notes it a top-up has expired all the same. */
const asOf = (now: Date, topup: Topup): Topup =>
  topup.status === 'pending' && topup.expiresAt <= now ? { ...topup, status: 'expired' } : topup;

const stateReply = (topup: Topup): Reply => ({
  say: [`topup.state_${topup.status}`, { amountSatang: topup.amountSatang, reference: topup.reference }],
  buttons:
    topup.status === 'settled'
      ? [[{ say: ['button.receipt'], does: 'receipt', on: topup.id }], back]
      : [[{ say: ['button.topup'], does: 'topup' }], back],
  sensitive: true,
  ...(topup.status === 'pending' ? {} : { retire: `topup:${topup.id}` }),
});

export const topups = command({
  name: 'topups',
  audience: 'private',
  hidden: true,
  async run(ctx) {
    const waiting = await pendingTopups(ctx, ctx.user.id);
    if (waiting.length === 0)
      return {
        say: ['topup.none_pending'],
        buttons: [[{ say: ['button.topup'], does: 'topup' }], back],
        sensitive: true,
      };
    return {
      title: ['topup.pending_title'],
      say: ['topup.pending_note'],
      buttons: [
        ...waiting.slice(0, 10).map((row): Button[] => [
          {
            say: ['topup.pending_line', { amountSatang: row.amountSatang, expiresAt: row.expiresAt }],
            does: 'topup.show',
            on: row.id,
          },
          { say: ['button.cancel'], does: 'topup.cancel', on: row.id },
        ]),
        back,
      ],
      sensitive: true,
    };
  },
});

export const topupShow = command({
  name: 'topup.show',
  audience: 'private',
  hidden: true,
  args: { topupId: opaque() },
  async run(ctx, { topupId }) {
    const row = asOf(ctx.clock.now(), await readTopup(ctx, { userId: ctx.user.id, topupId }));
    return row.status === 'pending' && row.qrPayload !== null ? qrReply(row, row.qrPayload) : stateReply(row);
  },
});

export const topupCheck = command({
  name: 'topup.check',
  audience: 'private',
  hidden: true,
  args: { topupId: opaque() },
  async run(ctx, { topupId }) {
    const row = asOf(ctx.clock.now(), await readTopup(ctx, { userId: ctx.user.id, topupId }));
    if (row.status === 'pending')
      return { toast: ['topup.still_waiting', { expiresAt: row.expiresAt }], sensitive: true };
    return stateReply(row);
  },
});

export const topupCancel = command({
  name: 'topup.cancel',
  audience: 'private',
  hidden: true,
  args: { topupId: opaque() },
  async run(ctx, { topupId }) {
    return stateReply(await cancelTopup(ctx, { userId: ctx.user.id, topupId }));
  },
});

export const receipt = command({
  name: 'receipt',
  audience: 'private',
  hidden: true,
  args: { topupId: opaque() },
  async run(ctx, { topupId }) {
    const data = await receiptOf(ctx, { userId: ctx.user.id, topupId });
    return {
      say: ['receipt.here', { reference: data.reference }],
      file: receiptFile(ctx.language, data, ctx.clock.now()),
      sensitive: true,
      fresh: true,
    };
  },
});
