import { createHash } from 'node:crypto';
import type { Context as Request } from 'hono';
import type { Permission } from '../core/access.ts';
import type { Painter } from '../core/chart.ts';
import type { Params } from '../core/error.ts';
import type { CreditContext } from '../core/money/credit.ts';
import type { DeskContext } from '../core/ops/jobDesk.ts';
import type { OpsContext } from '../core/ops/secondFactor.ts';
import type { OpenSession, Origin } from '../core/ops/session.ts';
import { hashToken } from '../core/ops/token.ts';
import type { PdfContext } from '../core/rental/pdf.ts';
import type { RentalContext } from '../core/rental/write.ts';
import type { Language } from '../core/text/text.ts';
import type { AccountContext } from '../core/trading/port.ts';
import type { Feed, LivePace } from './live.ts';

/** A part of this instance and how it is, for the lights of the dashboard. */
export interface Light {
  name: string;
  status(): 'starting' | 'connected' | 'failing';
}

export interface PanelOptions {
  /** Whether people reach us by https: cookies are then for https alone. */
  secure: boolean;
  /** How links to the panel begin. */
  url(): string;
  lights: readonly Light[];
  /** Whether there is a secret by which the gateway's word can be checked. */
  gatewayConfigured: boolean;
  /** Aborted when the service stops: streams end then, instead of being waited for. */
  closing: AbortSignal;
  /** How often live streams look; tests are less patient. */
  livePace?: Partial<LivePace>;
}

/** What the panel stands on, on behalf of whoever asks. */
export type PanelContext = OpsContext &
  DeskContext &
  PdfContext &
  RentalContext &
  CreditContext &
  AccountContext & { painter: Painter };

/** Everything a page may ask of the panel it belongs to. */
export type Panel = PanelOptions & { feed: Feed };

export type Say = (key: string, params?: Params) => string;

/** One request of the panel: who asks, in which language, and what they sent. */
export interface Visit {
  c: Request;
  /** On behalf of the operator, or of the door as long as nobody has signed in. */
  ctx: PanelContext;
  /** On behalf of the door in any case. */
  door: PanelContext;
  language: Language;
  say: Say;
  from: Origin;
  form: URLSearchParams;
  options: Panel;
  token: string | undefined;
  opened: OpenSession | undefined;
}

export type SignedIn = Visit & { token: string; opened: OpenSession };

type Answer = Response | Promise<Response>;

/**
 * `fetched` is what a page asks for by itself, so that no session is kept alive by it: once each time, or as a stream
 * that goes on.
 */
type Address = { method: 'get' | 'post'; path: string; fetched?: 'once' | 'stream' };

export type OpenRoute = Address & { who: 'anyone'; run(visit: Visit): Answer };

/** `enrol` is for whoever has signed in and may still have to set up the second factor. */
export type KeptRoute = Address & { who: 'enrol' | 'signed_in' | Permission; run(visit: SignedIn): Answer };

export type Route = OpenRoute | KeptRoute;

/** Every form carries it: another site neither knows the cookie nor, therefore, this. */
export const formKey = (token: string) => hashToken(`form:${token}`);

/** Equal for equal bytes: the name under which a browser may keep a file for ever. */
export const fingerprint = (body: string | Uint8Array) =>
  createHash('sha256').update(body).digest('base64url').slice(0, 12);

/** What was typed, without the one character PostgreSQL cannot hold. */
export const clean = (text: string | null | undefined) => (text ?? '').replaceAll('\0', '').slice(0, 1000);

export const typed = (visit: Visit, name: string) => clean(visit.form.get(name));
export const query = (visit: Visit, name: string) => clean(visit.c.req.query(name)).trim();
export const part = (visit: Visit, name: string) => clean(visit.c.req.param(name));

/** The version of a row that the form was drawn from; -1, which no row has, for what was never drawn. */
export function versionTyped(visit: Visit): number {
  const text = typed(visit, 'version');
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

export function pageNumber(visit: Visit): number {
  const page = Number(query(visit, 'page') || '1');
  return Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1;
}
