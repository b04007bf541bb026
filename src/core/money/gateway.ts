import type { TopupMode } from './tables.ts';

/** How the payer is shown what to pay: the text of a QR, or a picture the gateway drew. */
export type ChargeQr = { payload: string } | { pictureUrl: string };

export interface ChargeRequest {
  reference: string;
  amountSatang: bigint;
  expiresAt: Date;
}

export interface GatewayEvent {
  eventId: string;
  chargeId: string;
  reference: string;
  status: 'paid' | 'failed' | 'expired' | 'refunded';
  amountSatang: bigint;
  paidAt: Date | null;
}

export interface RawRequest {
  headers: Headers;
  rawBody: Uint8Array;
  now: Date;
}

/** `signed` events are believed; a `hint` only after `fetchCharge` says the same. */
export type Authenticated =
  | { ok: true; event: GatewayEvent; trust: 'signed' | 'signed-no-timestamp' | 'hint' }
  | {
      ok: false;
      reason: 'unconfigured' | 'no-signature' | 'bad-signature' | 'stale' | 'malformed' | 'invalid';
      field?: string;
    };

/** What money needs from a payment gateway. Drivers implement it; see `drivers/gateways`. */
export interface PaymentGateway {
  provider: string;
  mode: TopupMode;
  createCharge(
    request: ChargeRequest,
    signal: AbortSignal,
  ): Promise<{ chargeId: string | null; qr: ChargeQr; expiresAt: Date | null }>;
  /** Pure. Never throws, whatever the bytes. */
  authenticate(request: RawRequest): Authenticated;
  /** The charge as the gateway sees it now; null when it knows of none. */
  fetchCharge?(chargeId: string, signal: AbortSignal): Promise<GatewayEvent | null>;
  /** Gives money back; the gateway reports it by an event of its own. */
  refund?(request: { chargeId: string; amountSatang: bigint; key: string }, signal: AbortSignal): Promise<void>;
  /** What was paid since a moment, for reconciliation. */
  listCharges?(since: Date, signal: AbortSignal): Promise<GatewayEvent[]>;
  /** A transfer that its sender has shown a bank slip of; null when the bank does not know it (yet). */
  verifySlip?(slip: { sendingBank: string; transRef: string }, signal: AbortSignal): Promise<GatewayEvent | null>;
}

export interface Gateways {
  /** Who makes new top-ups. */
  current: PaymentGateway;
  byProvider(provider: string): PaymentGateway | undefined;
}
