import type { Context } from '../context.ts';
import { type Identity, markUnreachable } from '../people/identity.ts';
import type { Language } from '../text/text.ts';
import type { Couriers, NoticeToDeliver } from './courier.ts';
import { whys } from './why.ts';

type ReachContext = Context & { couriers: Couriers };

/** How one try at a person's chats ended. */
export interface Outcome {
  sentTo?: Identity;
  why: string;
  retryAfterMs: number;
  /** Every chat of the person is shut to us, so that another try soon will end the same. */
  shut: boolean;
}

/** A chat in trouble is waited for this many times before another chat of the person is tried too. */
const PATIENT_ATTEMPTS = 4;

/**
 * One login after the other until one takes it: told once per person, not once per chat. With `everywhere` the others
 * are told as well, as far as they can be at this moment: whoever holds one stolen login cannot hide it from them.
 */
export async function reachPerson(
  ctx: ReachContext,
  notice: NoticeToDeliver,
  to: { logins: readonly Identity[]; language: Language; attempts: number; everywhere?: boolean },
): Promise<Outcome> {
  const outcome: Outcome = { why: '', retryAfterMs: 0, shut: true };
  for (const [n, login] of to.logins.entries()) {
    const answer = await tryLogin(ctx, notice, login, to.language);
    if (answer === 'sent') {
      const others = to.everywhere ? to.logins.slice(n + 1) : [];
      for (const other of others) await tryLogin(ctx, notice, other, to.language);
      return { ...outcome, sentTo: login, shut: false };
    }
    outcome.why = `${login.provider}: ${answer.why}`;
    outcome.retryAfterMs = Math.max(outcome.retryAfterMs, answer.retryAfterMs);
    if (answer.closed) continue;
    outcome.shut = false;
    // It may take it in a while, and going elsewhere at once could tell the person twice.
    if (to.attempts < PATIENT_ATTEMPTS) break;
  }
  return outcome;
}

type Answer = 'sent' | { why: string; retryAfterMs: number; closed: boolean };

async function tryLogin(
  ctx: ReachContext,
  notice: NoticeToDeliver,
  login: Identity,
  language: Language,
): Promise<Answer> {
  const { id: identityId, provider, subject } = login;
  try {
    const delivery = await ctx.couriers.get(provider)?.deliver({ identityId, subject, language }, notice);
    if (delivery === 'sent') return 'sent';
    if (delivery === undefined || delivery === 'unreachable') {
      await markUnreachable(ctx, identityId);
      return { why: whys.shut, retryAfterMs: 0, closed: true };
    }
    return { why: whys.wait, retryAfterMs: delivery.retryAfterMs, closed: false };
  } catch (error) {
    ctx.log.warn({ err: error, notice: notice.id, provider }, 'a courier failed');
    return { why: error instanceof Error ? error.name : 'fault', retryAfterMs: 0, closed: false };
  }
}
