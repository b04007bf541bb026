import { Hono, type MiddlewareHandler } from 'hono';
import { bahtDecimal } from '../../core/amount.ts';
import { later, minutes } from '../../core/clock.ts';
import { as, type Context } from '../../core/context.ts';
import { fail } from '../../core/error.ts';
import { randomCode } from '../../core/id.ts';
import { chargesOf } from '../../core/money/settle.ts';
import { openSuspenseItems } from '../../core/money/suspense.ts';
import { recentTopups, type Topup } from '../../core/money/topup.ts';
import { openAlerts } from '../../core/notices/alert.ts';
import type { Language } from '../../core/text/text.ts';
import { readBody } from '../body.ts';
import { languageOf } from '../refusal.ts';
import { type Action, actions, bankPage, bankStyle } from './page.ts';

/** One webhook of the bank, in the words of the generic gateway. */
export interface BankEvent {
  event_id: string;
  charge_id: string;
  reference_id: string;
  status: 'SUCCESS' | 'FAILED' | 'REFUNDED';
  amount: string;
  currency: 'THB';
  paid_at: string;
}

/** Sends it signed over HTTP to this very service, and answers with the status it got. */
export type SendEvent = (event: BankEvent) => Promise<number>;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

/**
 * The sandbox bank: development only, behind the guards it is given (this machine alone, no other site). It knows the
 * top-ups because it stands in for every payer's bank; it can do nothing but send the webhook that a bank would.
 */
export function sandboxBank(given: Context, options: { send: SendEvent; guards: readonly MiddlewareHandler[] }): Hono {
  const ctx = as(given, { kind: 'job', name: 'sandbox.bank' });
  const app = new Hono();
  for (const guard of options.guards) app.use('/sandbox/*', guard);
  app.get('/sandbox/bank.css', (c) =>
    c.body(bankStyle, 200, { ...HEADERS, 'content-type': 'text/css; charset=utf-8' }),
  );
  app.get('/sandbox/bank', async (c) => {
    const wanted = c.req.query('lang');
    const language: Language = wanted === 'th' || wanted === 'en' ? wanted : languageOf(c);
    const [topups, suspense, alerts] = [await recentTopups(ctx), await openSuspenseItems(ctx), await openAlerts(ctx)];
    const answered = /^\d{3}( \d{3})?$/.exec(c.req.query('answered') ?? '')?.[0];
    return c.html(bankPage({ language, topups: topups.slice(0, 30), suspense, alerts, answered }), 200, HEADERS);
  });
  app.post('/sandbox/bank', async (c) => {
    const form = new URLSearchParams(
      new TextDecoder().decode(await readBody(c.req.raw, { maxBytes: 4096, timeoutMs: 5000 })),
    );
    const [action, topupId] = (form.get('press') ?? '').split(':', 2);
    const known = actions.find((a) => a === action) ?? fail('button.stale');
    const top = (await recentTopups(ctx)).find((row) => row.id === topupId);
    if (known !== 'stray' && !top) fail('topup.missing');
    const answered: number[] = [];
    for (const event of await eventsOf(ctx, known, top)) answered.push(await options.send(event));
    const language = c.req.query('lang') === 'th' ? 'th' : 'en';
    return c.redirect(`/sandbox/bank?lang=${language}&answered=${answered.join(' ')}`, 303);
  });
  return app;
}

const LESS_SATANG = 1_00n;

async function eventsOf(ctx: Context, action: Action, top: Topup | undefined): Promise<BankEvent[]> {
  const now = ctx.clock.now();
  const chargeId = `sandbox_${randomCode(12)}`;
  const event = (status: BankEvent['status'], amountSatang: bigint, more: Partial<BankEvent> = {}): BankEvent => ({
    event_id: `evt_${randomCode(12)}`,
    charge_id: chargeId,
    reference_id: top?.reference ?? `TU${randomCode(10)}`,
    status,
    amount: bahtDecimal(amountSatang),
    currency: 'THB',
    paid_at: now.toISOString(),
    ...more,
  });
  const amountSatang = top?.amountSatang ?? 123_00n;
  switch (action) {
    case 'pay':
    case 'stray':
      return [event('SUCCESS', amountSatang)];
    case 'less':
      return [event('SUCCESS', amountSatang - LESS_SATANG)];
    case 'more':
      return [event('SUCCESS', amountSatang + LESS_SATANG)];
    case 'twice':
      return [event('SUCCESS', amountSatang), event('SUCCESS', amountSatang)];
    case 'late':
      return [event('SUCCESS', amountSatang, { paid_at: later(top?.expiresAt ?? now, minutes(1)).toISOString() })];
    case 'fail':
      return [event('FAILED', amountSatang)];
    case 'refund': {
      const [paid] = top ? await chargesOf(ctx, top.id) : [];
      const left = paid ? paid.amountSatang - paid.refundedSatang : 0n;
      return paid && left > 0n ? [event('REFUNDED', left, { charge_id: paid.chargeId })] : fail('topup.not_settled');
    }
  }
}
