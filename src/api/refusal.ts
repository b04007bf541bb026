import type { Context as Request } from 'hono';
import type { Context } from '../core/context.ts';
import { isDatabaseAway } from '../core/db.ts';
import { asText, Refusal, statusOf } from '../core/error.ts';
import { randomCode } from '../core/id.ts';
import { type Language, languageFrom, translate } from '../core/text/text.ts';

/** The language a program asked for; English for one that asked for none. */
export function languageOf(c: Request): Language {
  const wanted = c.req.header('accept-language');
  return wanted ? languageFrom(wanted) : 'en';
}

/** Everything thrown in a route ends here: a refusal becomes its status and words, a bug a reference to quote. */
export function refuse(ctx: Context, c: Request, error: unknown): Response {
  const refusal = asRefusal(ctx, c, error);
  const { code, params } = refusal;
  const status = statusOf[refusal.kind];
  const details = asText(params);
  if (status === 503) c.header('Retry-After', '5');
  // What was sent is not always read to its end; a connection with half a body in it is of no further use.
  if (status === 413 || status === 408) c.header('Connection', 'close');
  return c.json({ error: { code, message: translate(languageOf(c), `error.${code}`, params), details } }, status);
}

function asRefusal(ctx: Context, c: Request, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isDatabaseAway(error)) {
    ctx.log.error({ err: error, path: c.req.path }, 'the database is away');
    return new Refusal('service.unavailable');
  }
  const reference = randomCode(6);
  ctx.log.error({ err: error, reference, path: c.req.path }, 'a request failed');
  return new Refusal('unexpected', { reference });
}
