import { GrammyError, HttpError } from 'grammy';

/** Why Telegram did not do what we asked. */
export type Fault = { about: string } & (
  | { kind: 'limited'; retryAfterMs: number }
  /** The person or the group does not want to hear from us. */
  | { kind: 'blocked' }
  /** What we asked for is the case already, or has become pointless. */
  | { kind: 'pointless' }
  /** The message is not there any more, or can no longer be changed. */
  | { kind: 'gone' }
  /** The token is wrong. */
  | { kind: 'stranger' }
  /** Somebody else is reading our updates. */
  | { kind: 'conflict' }
  /** The network or Telegram itself; later it may work. */
  | { kind: 'away' }
  | { kind: 'refused' }
);

/**
 * What a thrown error means; undefined when it is not Telegram's. `about` is safe for a log: a network error of grammY
 * holds the address with the token in it, and an error of the API holds what was said to whom.
 */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof HttpError) return { kind: 'away', about: `${error.message} ${causeOf(error.error)}`.trim() };
  if (!(error instanceof GrammyError)) return undefined;
  const { error_code: code, description } = error;
  const about = `${error.method}: ${code} ${description}`;
  if (code === 429) return { kind: 'limited', retryAfterMs: 1000 * (error.parameters.retry_after ?? 1), about };
  return { kind: kindOf(code, description), about };
}

const POINTLESS = /message is not modified|query is too old|query ID is invalid/i;
const GONE =
  /message to (edit|delete|be edited) not found|message can't be (edited|deleted)|no text in the message|MESSAGE_ID_INVALID/i;
const BLOCKED = /chat not found|user is deactivated|PEER_ID_INVALID|need administrator rights|not enough rights/i;

function kindOf(code: number, description: string) {
  if (code === 403 || (code === 400 && BLOCKED.test(description))) return 'blocked';
  if (code === 401 || code === 404) return 'stranger';
  if (code === 409) return 'conflict';
  if (code >= 500) return 'away';
  if (POINTLESS.test(description)) return 'pointless';
  return GONE.test(description) ? 'gone' : 'refused';
}

/** The system's name for what happened to a connection, such as ECONNREFUSED; never its message. */
function causeOf(cause: unknown): string {
  const { code, name } = cause instanceof Error ? (cause as Error & { code?: unknown }) : { code: undefined, name: '' };
  return typeof code === 'string' ? code : name;
}
