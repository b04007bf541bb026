import { readBalances } from '../../core/money/ledger.ts';
import { pendingTopups } from '../../core/money/topup.ts';
import { command } from '../command.ts';
import type { Button } from '../reply.ts';

export const wallet = command({
  name: 'wallet',
  audience: 'private',
  async run(ctx) {
    const userId = ctx.user.id;
    const { walletSatang, owedSatang } = await readBalances(ctx, userId);
    const waiting = await pendingTopups(ctx, userId);
    const pending: Button[][] = waiting.length > 0 ? [[{ say: ['button.pending_topups'], does: 'topups' }]] : [];
    return {
      title: ['wallet.title'],
      say: owedSatang > 0n ? [['wallet.owed_note', { owedSatang }]] : [],
      facts: [
        { label: ['wallet.balance'], value: ['value.money', { amountSatang: walletSatang }] },
        ...(owedSatang > 0n
          ? [{ label: ['wallet.owed'] as const, value: ['value.money', { amountSatang: owedSatang }] as const }]
          : []),
        ...(waiting.length > 0
          ? [{ label: ['wallet.pending'] as const, value: ['value.count', { count: waiting.length }] as const }]
          : []),
      ],
      buttons: [
        [{ say: ['button.topup'], does: 'topup', style: 'primary' }],
        ...pending,
        [
          { say: ['button.transactions'], does: 'transactions' },
          { say: ['button.menu'], does: 'menu' },
        ],
      ],
      sensitive: true,
    };
  },
});
