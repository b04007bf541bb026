import type { Context } from '../core/context.ts';
import type { IdentityId } from '../core/id.ts';
import type { Vault } from '../core/vault.ts';
import { type Command, describe, type Incoming } from './command.ts';
import type { Field } from './fields.ts';
import type { Form, Reply, Say } from './reply.ts';

/**
 * Answers that nobody may read. A chat with forms sends them all at once, and they are kept nowhere. A chat without asks
 * for one after the other; what was answered already waits in the question, sealed for this login, until the last one.
 */

const SEALED = 'sealed:';

type VaultContext = Context & { vault: Vault };

const secretsOf = (command: Command): Field<unknown>[] =>
  Object.values(command.args).filter((field) => field.secret ?? false);

export const firstSecret = (command: Command): Field<unknown> | undefined => secretsOf(command)[0];

export const hasSecrets = (command: Command): boolean => firstSecret(command) !== undefined;

/**
 * A form for what is still to be filled in. What was answered travels with it, through the chat. Secrets do not: they are
 * filled in once more.
 */
export function formOf(
  command: Command,
  args: Record<string, string>,
  missing: readonly Field<unknown>[],
  problem: Say | undefined,
): Form {
  const kept = withoutSecrets(command, args);
  const fields = Object.values(command.args).filter(
    (field) => missing.includes(field) || (args[field.name] !== undefined && kept[field.name] === undefined),
  );
  return { command: command.name, title: describe(command), args: kept, fields, ...(problem ? { problem } : {}) };
}

/** An endpoint and an exchange are short words; keys are not. */
const WORD_MOST = 15;

/**
 * Keys behind a command that asks for them later. They are taken out of the chat and not looked at, for nobody knows who
 * has read them.
 */
export async function isOverheard(incoming: Incoming, command: Command | undefined, text: string): Promise<boolean> {
  const words = text.trim().split(/\s+/);
  if (!command?.takesKeys || (words.length <= 2 && words.every((word) => word.length <= WORD_MOST))) return false;
  await incoming.retract?.();
  return true;
}

export const overheard: Reply = { say: ['secret.overheard'], sensitive: true, fresh: true };

/**
 * Takes an answer that is a secret out of the chat, before anything else is done with it and whatever comes of it.
 * False when that failed, undefined when it was no secret.
 */
export async function takeAway(
  incoming: Incoming,
  command: Command | undefined,
  field: string,
): Promise<boolean | undefined> {
  const isSecret = command && secretsOf(command).some(({ name }) => name === field);
  if (!isSecret) return undefined;
  return incoming.retract ? incoming.retract() : true;
}

/** What follows a secret that we could not take away: its author has to. */
export function withWarning<T extends { reply: Reply } | object>(next: T): T {
  if (!('reply' in next)) return next;
  const { say = [] } = next.reply;
  const says = (typeof say[0] === 'string' ? [say] : say) as readonly Say[]; // one Say begins with its key
  return { ...next, reply: { ...next.reply, say: [['secret.delete_it'], ...says] } };
}

export function withoutSecrets(command: Command, args: Record<string, string>): Record<string, string> {
  const secrets = new Set(secretsOf(command).map(({ name }) => name));
  return Object.fromEntries(Object.entries(args).filter(([name]) => !secrets.has(name)));
}

const bindingOf = (identityId: IdentityId, name: string) => `chat_question:${identityId}:${name}`;

/** The answers as they may wait in the database. */
export function sealAnswers(
  { vault }: VaultContext,
  identityId: IdentityId,
  command: Command,
  args: Record<string, string>,
): Record<string, string> {
  const secrets = new Set(secretsOf(command).map(({ name }) => name));
  const sealed = ([name, text]: [string, string]) =>
    secrets.has(name) ? [name, SEALED + vault.seal(text, bindingOf(identityId, name))] : [name, text];
  return Object.fromEntries(Object.entries(args).map(sealed));
}

/** The answers as they were given. One that no key at hand opens is asked for again. */
export function openAnswers(
  ctx: VaultContext,
  identityId: IdentityId,
  args: Record<string, string>,
): Record<string, string> {
  const opened: Record<string, string> = {};
  for (const [name, text] of Object.entries(args)) {
    const plain = text.startsWith(SEALED) ? open(ctx, identityId, name, text.slice(SEALED.length)) : text;
    if (plain !== undefined) opened[name] = plain;
  }
  return opened;
}

function open(ctx: VaultContext, identityId: IdentityId, name: string, sealed: string): string | undefined {
  try {
    return ctx.vault.open(sealed, bindingOf(identityId, name));
  } catch (error) {
    ctx.log.warn({ err: error, field: name }, 'a sealed answer cannot be opened; it is asked for again');
    return undefined;
  }
}
