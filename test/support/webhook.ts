import { type PaymentHookContext, paymentHook } from '../../src/api/paymentHook.ts';
import { gather, serve } from '../../src/api/server.ts';
import { bahtDecimal } from '../../src/core/amount.ts';
import { job } from './money.ts';
import { type World, webhook } from './world.ts';

export const PATH = '/payment/webhook/promptpay';

export interface Answered {
  status: number;
  headers: Headers;
  /** `outcome` of a taken event, `error.code` of a refused one. */
  said: string;
  body: string;
}

export interface Hook {
  port: number;
  /** How often the service was told that there is something to deliver. */
  woken(): number;
  /** Sends bytes as they are. */
  post(body: string | Uint8Array, headers: Record<string, string>): Promise<Answered>;
  /** Signs a body with the tests' secret and sends it. */
  send(body: object, secret?: string): Promise<Answered>;
  close(): Promise<void>;
}

/** The webhook as it runs: the whole door, on a port of its own. */
export async function startHook(world: World, given?: PaymentHookContext): Promise<Hook> {
  let woken = 0;
  const ctx = given ?? world.ctx(job);
  const hook = paymentHook(ctx, () => {
    woken += 1;
  });
  const server = await serve(gather(ctx, [hook]), { host: '127.0.0.1', port: 0 });
  const post: Hook['post'] = async (body, headers) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${PATH}`, {
      method: 'POST',
      body: body as string, // a Uint8Array of any buffer is fine for fetch
      headers,
      redirect: 'manual',
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text, said: saidIn(text) };
  };
  return {
    port: server.port,
    woken: () => woken,
    post,
    send(body, secret) {
      const signed = webhook(world.clock.now(), { ...body }, secret);
      return post(signed.body, signed.headers);
    },
    close: () => server.stop(1000),
  };
}

function saidIn(text: string): string {
  const json: { outcome?: string; error?: { code: string } } = JSON.parse(text);
  return json.outcome ?? json.error?.code ?? '';
}

let events = 0;

/** The body of a webhook with everything filled in. */
export function eventBody(reference: string, amountSatang: bigint, more: Record<string, unknown> = {}) {
  events += 1;
  return {
    event_id: `evt_${events}`,
    charge_id: `chg_${events}`,
    reference_id: reference,
    status: 'SUCCESS',
    amount: bahtDecimal(amountSatang),
    currency: 'THB',
    paid_at: '2026-11-21T05:00:00Z',
    ...more,
  };
}
