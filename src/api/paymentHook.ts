import { Hono } from 'hono';
import { writeAudit } from '../core/audit.ts';
import { minutes } from '../core/clock.ts';
import { as, type Context, inTransaction } from '../core/context.ts';
import { fail, type RefusalCode } from '../core/error.ts';
import type { CreditContext } from '../core/money/credit.ts';
import type { Authenticated, Gateways, PaymentGateway } from '../core/money/gateway.ts';
import { recordGatewayEvent } from '../core/money/settle.ts';
import { readBody } from './body.ts';

const LIMITS = { maxBytes: 64 * 1024, timeoutMs: 10_000 };

type Reason = Extract<Authenticated, { ok: false }>['reason'];

const refusals: Record<Reason, RefusalCode> = {
  unconfigured: 'webhook.unconfigured',
  'no-signature': 'webhook.unsigned',
  'bad-signature': 'webhook.signature',
  stale: 'webhook.stale',
  malformed: 'webhook.malformed',
  invalid: 'webhook.invalid',
};

export type PaymentHookContext = CreditContext & { gateways: Gateways };

/**
 * `POST /payment/webhook/promptpay`: the generic signed webhook. Answers 200 only after the transaction that stored the
 * event and did what it says; every other answer makes the sender try again, which is harmless.
 */
export function paymentHook(ctx: PaymentHookContext, onEvent: () => void): Hono {
  const app = new Hono();
  const note = refusalNotes(ctx);
  app.post('/payment/webhook/promptpay', async (c) => {
    const gateway = ctx.gateways.byProvider('hook') ?? fail('webhook.unconfigured');
    const rawBody = await readBody(c.req.raw, LIMITS);
    const result = gateway.authenticate({ headers: c.req.raw.headers, rawBody, now: ctx.clock.now() });
    if (!result.ok) {
      await note(result.reason);
      fail(refusals[result.reason], { field: result.field ?? '' });
    }
    const { provider } = gateway;
    const event = await believed(gateway, result);
    if (!event) {
      await note('bad-signature');
      return fail('webhook.signature');
    }
    const { outcome } = await recordGatewayEvent(as(ctx, { kind: 'gateway', provider }), provider, event);
    onEvent();
    return c.json({ ok: true, outcome });
  });
  return app;
}

/** A signed event is believed for its signature, a hint only for what the gateway itself says when asked. */
async function believed(gateway: PaymentGateway, { trust, event }: Extract<Authenticated, { ok: true }>) {
  if (trust !== 'hint') return event;
  return (await gateway.fetchCharge?.(event.chargeId, AbortSignal.timeout(8_000))) ?? undefined;
}

/** Refused events leave a count and an audit line; a flood of them leaves one line a minute, not a full disk. */
function refusalNotes(ctx: Context): (reason: Reason) => Promise<void> {
  const seen = new Map<Reason, { count: number; notedAt: number }>();
  return async (reason) => {
    const entry = seen.get(reason) ?? { count: 0, notedAt: Number.NEGATIVE_INFINITY };
    seen.set(reason, entry);
    entry.count += 1;
    const now = ctx.clock.now().getTime();
    if (now - entry.notedAt < minutes(1)) return;
    const { count } = entry;
    seen.set(reason, { count: 0, notedAt: now });
    ctx.log.warn({ reason, count }, 'a payment webhook was refused');
    await inTransaction(as(ctx, { kind: 'gateway', provider: 'hook' }), (ctx) =>
      writeAudit(ctx, 'webhook.refused', 'webhook:promptpay', { reason, count }),
    ).catch((error: unknown) => ctx.log.warn({ err: error }, 'the refusal of a webhook could not be audited'));
  };
}
