import { and, desc, eq } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { auditEntry } from '../audit.ts';
import { days, later, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import { gatewayEvent } from '../money/tables.ts';

/**
 * How it goes with the gateway that tells us of payments: `unconfigured` without a secret to check its word by;
 * `refused` when the last thing that claimed to be from it, within an hour, was not believed; `connected` when it has
 * spoken within a day; `waiting` when it is silent.
 */
export type GatewayState = 'unconfigured' | 'refused' | 'connected' | 'waiting';

export interface GatewayLight {
  state: GatewayState;
  /** When an event was last taken in. */
  receivedAt: Date | null;
  /** When one was last refused for what it said or how it was signed. */
  refusedAt: Date | null;
}

const REFUSED_MS = minutes(60);
const SPOKEN_MS = days(1);

/** Seen from the data, so that every instance says the same, whichever of them took the event in. */
export async function readGatewayLight(ctx: Context, input: { configured: boolean }): Promise<GatewayLight> {
  requirePermission(ctx, 'dashboard.read');
  const [[event], refusals] = await Promise.all([
    ctx.db.select({ at: gatewayEvent.receivedAt }).from(gatewayEvent).orderBy(desc(gatewayEvent.id)).limit(1),
    ctx.db
      .select({ at: auditEntry.at, detail: auditEntry.detail })
      .from(auditEntry)
      .where(and(eq(auditEntry.subject, 'webhook:promptpay'), eq(auditEntry.action, 'webhook.refused')))
      .orderBy(desc(auditEntry.seq))
      .limit(20),
  ]);
  // Whoever sends us bytes without any signature is a passer-by and says nothing about the gateway.
  const refusal = refusals.find(({ detail }) => detail.reason !== 'no-signature');
  const receivedAt = event?.at ?? null;
  const refusedAt = refusal?.at ?? null;
  return { state: stateOf(ctx.clock.now(), input.configured, receivedAt, refusedAt), receivedAt, refusedAt };
}

function stateOf(now: Date, configured: boolean, receivedAt: Date | null, refusedAt: Date | null): GatewayState {
  const within = (at: Date | null, ms: number) => at !== null && later(at, ms) > now;
  if (!configured) return 'unconfigured';
  if (refusedAt && within(refusedAt, REFUSED_MS) && (!receivedAt || refusedAt > receivedAt)) return 'refused';
  return within(receivedAt, SPOKEN_MS) ? 'connected' : 'waiting';
}
