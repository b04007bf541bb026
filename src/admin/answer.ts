import { Refusal, type RefusalCode, statusOf } from '../core/error.ts';
import { requireConfirmed } from '../core/ops/session.ts';
import { confirmSession } from '../core/ops/signIn.ts';
import { translate } from '../core/text/text.ts';
import { field, type Html, none, type Problems } from './draw.ts';
import { type SignedIn, typed, type Visit } from './visit.ts';

/** What a page may answer with: that all is well, or the status of a refusal. */
export type Status = 200 | (typeof statusOf)[keyof typeof statusOf];

type Again = (problems: Problems, status: Status) => Response | Promise<Response>;

/** Where the words of a refusal belong: beside the field that has to change, which some refusals name themselves. */
export type Beside = Partial<Record<RefusalCode, string | { param: string }>>;

/**
 * Runs what a form asks for. A refusal brings the form back, with what was typed and with the words beside their field;
 * anything else is a bug and goes on its way.
 */
export async function attempt(
  visit: Visit,
  beside: Beside,
  run: () => Promise<Response>,
  again: Again,
): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'access.denied') throw error;
    const words = translate(visit.language, `error.${error.code}`, error.params);
    const place = beside[error.code] ?? 'form';
    const name = typeof place === 'string' ? place : String(error.params[place.param] ?? 'form');
    return again({ [name]: words }, statusOf[error.kind]);
  }
}

/** Asks for password or code in the form itself when the last proof is older than ten minutes. */
export const proofField = (visit: SignedIn, problems: Problems): Html =>
  visit.opened.confirmed
    ? none
    : field(
        {
          name: 'proof',
          type: 'password',
          label: visit.say('proof'),
          hint: visit.say('proof_hint'),
          autocomplete: 'current-password',
        },
        problems,
      );

export const besideProof: Beside = { 'session.unconfirmed': 'proof', 'session.proof_wrong': 'proof' };

/** Nothing that moves money or makes operators goes on without a fresh proof. */
export async function prove(visit: SignedIn): Promise<void> {
  const { ctx, from, opened } = visit;
  const sessionId = opened.session.id;
  const proof = typed(visit, 'proof');
  if (!opened.confirmed && proof !== '') await confirmSession(ctx, { sessionId, proof, address: from.address });
  await requireConfirmed(ctx, { sessionId });
}
