import { refusals } from './refusals.ts';

export type RefusalCode = keyof typeof refusals;
export type RefusalKind = (typeof refusals)[RefusalCode];
export type Params = Record<string, string | number | bigint | Date>;

/** Parameters as jsonb and JSON carry them: money and moments as text, so that every digit stays. */
export function asText(params: Params): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([k, v]) => [k, v instanceof Date ? v.toISOString() : String(v)]),
  );
}

/** Kind → HTTP status, for every edge that speaks HTTP. */
export const statusOf: Record<RefusalKind, 400 | 401 | 403 | 404 | 408 | 409 | 413 | 422 | 429 | 500 | 503> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  timeout: 408,
  conflict: 409,
  too_large: 413,
  invalid: 422,
  limited: 429,
  unexpected: 500,
  unavailable: 503,
};

export const refusalCodes = Object.keys(refusals) as RefusalCode[];

/** An answer of "no" that a person can act on. Anything else thrown is a bug. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly kind: RefusalKind;
  readonly params: Params;

  constructor(code: RefusalCode, params: Params = {}) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.kind = refusals[code];
    this.params = params;
  }
}

export function fail(code: RefusalCode, params: Params = {}): never {
  throw new Refusal(code, params);
}

/** An error as a log may hold it. */
export interface Described {
  name: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: Described;
}

/** A failed query carries its parameters behind its text: messages of people, QR payloads, tokens. */
const withoutParams = (text: string) => text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/g, '');

/** What went wrong and where, and nothing of what was being written at that moment. */
export function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error).slice(0, 200) };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: withoutParams(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack ? { stack: withoutParams(error.stack) } : {}),
    ...(error.cause !== undefined && depth < 4 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
