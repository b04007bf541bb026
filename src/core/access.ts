import { fail } from './error.ts';
import type { UserId } from './id.ts';

/**
 * Who is asking. `chat` is a front door that has received a message but does not know yet whose it is; it may look
 * people up and nothing else.
 */
export type Actor =
  | { kind: 'user'; userId: UserId }
  | { kind: 'operator'; operatorId: string }
  | { kind: 'gateway'; provider: string }
  | { kind: 'chat'; provider: string }
  | { kind: 'job'; name: string };

type Holder = { readonly actor: Actor };

export function requireActor(ctx: Holder, ...kinds: Actor['kind'][]): void {
  if (!kinds.includes(ctx.actor.kind)) fail('access.denied');
}

/** Users act for themselves alone; operators and jobs act for anybody. */
export function requireSelf(ctx: Holder, userId: UserId): void {
  const { actor } = ctx;
  if (actor.kind === 'operator' || actor.kind === 'job') return;
  if (actor.kind !== 'user' || actor.userId !== userId) fail('access.denied');
}

/** `user:usr_…`, as audit lines name an actor. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `user:${actor.userId}`;
    case 'operator':
      return `operator:${actor.operatorId}`;
    case 'gateway':
      return `gateway:${actor.provider}`;
    case 'chat':
      return `chat:${actor.provider}`;
    case 'job':
      return `job:${actor.name}`;
  }
}
