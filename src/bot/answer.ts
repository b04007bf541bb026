import { answerQuestion, endQuestion, lateQuestion, openQuestion, readQuestion } from '../core/chats/question.ts';
import { as } from '../core/context.ts';
import { isDatabaseAway } from '../core/db.ts';
import { Refusal } from '../core/error.ts';
import { randomCode } from '../core/id.ts';
import { type Identity, meet, type User } from '../core/people/identity.ts';
import { seenInGuild } from '../core/rental/guildGrant.ts';
import { type Language, languageFrom } from '../core/text/text.ts';
import type { BotContext, Command, CommandContext, Incoming } from './command.ts';
import { neverMind } from './commands/basics.ts';
import { commands } from './commands/list.ts';
import { requireNeeds } from './needs.ts';
import type { Form, Reply, Say } from './reply.ts';
import {
  firstSecret,
  formOf,
  hasSecrets,
  isOverheard,
  openAnswers,
  overheard,
  sealAnswers,
  takeAway,
  withoutSecrets,
  withWarning,
} from './secrets.ts';
import { positional } from './typed.ts';
import { errorSay, wayOn } from './wayOn.ts';

/** What a chat must now show: a message, or a form to fill in. */
export type Answer = { language: Language; identity: Identity | undefined } & ({ reply: Reply } | { form: Form });

const byName = new Map(commands.map((command) => [command.name, command]));

/** Looks a command up by what a person typed; capital letters do not matter. */
export const findCommand = (name: string) => byName.get(name.toLowerCase());

/**
 * The one place where a chat message becomes an answer, for every chat. Refusals become words here, bugs become a
 * reference to quote; nothing is thrown to the chat.
 */
export async function answer(ctx: BotContext, incoming: Incoming): Promise<Answer> {
  let language = languageFrom(incoming.login.languageHint);
  let identity: Identity | undefined;
  try {
    const at = as(ctx, { kind: 'chat', provider: incoming.login.provider });
    const met = await meet(at, incoming.login);
    language = met.user.language;
    identity = met.identity;
    if (met.user.blockedAt) return { language, identity, reply: refusalReply(new Refusal('user.blocked')) };
    const { server } = incoming;
    if (server) await seenInGuild(at, { guildId: server.id, identityId: identity.id, roles: server.roles });
    const next = await route(ctx, incoming, met.user, met.identity);
    return { language: ('reply' in next && next.reply.language) || language, identity, ...next };
  } catch (error) {
    return { language, identity, reply: refusalReply(asRefusal(ctx, incoming, error)) };
  }
}

function asRefusal(ctx: BotContext, incoming: Incoming, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isDatabaseAway(error)) {
    ctx.log.error({ err: error }, 'the database is away');
    return new Refusal('service.unavailable');
  }
  const reference = randomCode(6);
  ctx.log.error(
    { err: error, reference, provider: incoming.login.provider, what: incoming.what.kind },
    'a command failed',
  );
  return new Refusal('unexpected', { reference });
}

function refusalReply(refusal: Refusal): Reply {
  const buttons = wayOn(refusal);
  // A refusal never replaces the message whose button was pressed: what was there may still be needed.
  return { say: errorSay(refusal), fresh: true, sensitive: true, ...(buttons ? { buttons } : {}) };
}

type Next = { reply: Reply } | { form: Form };

async function route(ctx: BotContext, incoming: Incoming, user: User, identity: Identity): Promise<Next> {
  const command: CommandContext = {
    ...ctx,
    actor: { kind: 'user', userId: user.id },
    user,
    identity,
    language: user.language,
    requestKey: incoming.key,
    server: incoming.server,
    commands,
  };
  const { what } = incoming;
  switch (what.kind) {
    case 'command':
      await endQuestion(ctx, identity.id);
      if (await isOverheard(incoming, findCommand(what.name), what.text)) return { reply: overheard };
      return typed(command, incoming, what.name, what.text);
    case 'options':
      await endQuestion(ctx, identity.id);
      return start(command, incoming, named(what.name), what.options);
    case 'form':
      return start(command, incoming, named(what.command), what.args);
    case 'button':
      return pressed(command, incoming, what.does, what.on);
    case 'text':
      return said(command, incoming, what.text);
    case 'other':
      return { reply: { say: ['unknown.kind'], buttons: [[{ say: ['button.menu'], does: 'menu' }]] } };
  }
}

/** A typed command. `/start topup_500` is how a link into the chat says `/topup 500`. */
function typed(ctx: CommandContext, incoming: Incoming, name: string, text: string): Promise<Next> {
  const [target = '', ...rest] = text.trim().split('_');
  const linked = name === 'start' ? findCommand(target) : undefined;
  // A link can be sent by anybody, so it never carries a code that joins accounts.
  if (linked && !linked.hidden && linked.name !== 'link')
    return start(ctx, incoming, linked, positional(linked, rest.join(' ')));
  return start(ctx, incoming, named(name), positional(named(name), text));
}

function named(name: string): Command {
  const command = findCommand(name);
  if (!command) throw new Refusal('command.unknown', { name: name.slice(0, 40) });
  return command;
}

async function pressed(ctx: CommandContext, incoming: Incoming, does: string, on: string | undefined): Promise<Next> {
  if (does === 'answer') return chosen(ctx, incoming, on ?? '');
  const command = findCommand(does);
  if (!command) throw new Refusal('button.stale');
  // A button runs a command, and any command ends an open question. "Never mind" ends it itself and says so.
  if (command !== neverMind) await endQuestion(ctx, ctx.identity.id);
  const [first] = Object.values(command.args);
  return start(ctx, incoming, command, on !== undefined && first ? { [first.name]: on } : {});
}

/** A choice under a question. It carries the question's birth, so that it never answers a later one. */
async function chosen(ctx: CommandContext, incoming: Incoming, on: string): Promise<Next> {
  const question = await readQuestion(ctx, ctx.identity.id, ctx.requestKey);
  const dot = on.indexOf('.');
  if (!question || question.askedAt.getTime().toString(36) !== on.slice(0, dot)) throw new Refusal('question.expired');
  return start(
    ctx,
    incoming,
    named(question.command),
    { ...openAnswers(ctx, ctx.identity.id, question.args), [question.field]: on.slice(dot + 1) },
    question.field,
  );
}

async function said(ctx: CommandContext, incoming: Incoming, text: string): Promise<Next> {
  const question = await readQuestion(ctx, ctx.identity.id, ctx.requestKey);
  const asked = question ?? (await lateQuestion(ctx, ctx.identity.id));
  const gone = asked && (await takeAway(incoming, findCommand(asked.command), asked.field));
  if (question) {
    const args = { ...openAnswers(ctx, ctx.identity.id, question.args), [question.field]: text };
    const next = await start(ctx, incoming, named(question.command), args, question.field);
    return gone === false ? withWarning(next) : next;
  }
  if (gone !== undefined) {
    const late = { reply: refusalReply(new Refusal('question.expired')) };
    return gone ? late : withWarning(late);
  }
  return {
    reply: {
      say: ['unknown.text'],
      buttons: [
        [
          { say: ['button.menu'], does: 'menu' },
          { say: ['button.help'], does: 'help' },
        ],
      ],
    },
  };
}

/**
 * Runs a command once all its arguments are there. Fields that were not given are asked for, all at once or one by
 * one; a wrong one is asked again with the reason. `answered` names the field that a person has just filled in.
 */
async function start(
  ctx: CommandContext,
  incoming: Incoming,
  command: Command,
  args: Record<string, string>,
  answered?: string,
): Promise<Next> {
  if (command.audience === 'private' && incoming.place === 'group')
    throw new Refusal('command.private', { name: command.name });
  if (command.audience === 'server_admin' && !incoming.server)
    throw new Refusal('command.servers_only', { name: command.name });
  await closing(ctx, command, answered, () => requireNeeds(ctx, command));
  const fields = Object.values(command.args);
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(command.args)) {
    const text = args[field.name];
    if (text === undefined) {
      if (field.name === 'on') throw new Refusal('button.stale');
      if (!field.optional)
        return ask(
          ctx,
          incoming,
          command,
          args,
          fields.filter((f) => !f.optional && args[f.name] === undefined),
        );
      continue;
    }
    try {
      values[key] = field.parse(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (field.name === 'on') throw new Refusal('button.stale'); // nobody typed it, so nobody can correct it
      const { [field.name]: _wrong, ...rest } = args;
      return ask(ctx, incoming, command, rest, [field], errorSay(error));
    }
  }
  return finish(ctx, incoming, command, { values, args, answered });
}

interface Ready {
  values: Record<string, unknown>;
  args: Record<string, string>;
  answered: string | undefined;
}

/**
 * Runs the command. An answer that it refuses as invalid may be given again: the question stays open, a form comes
 * back with the reason.
 */
async function finish(ctx: CommandContext, incoming: Incoming, command: Command, ready: Ready): Promise<Next> {
  try {
    const reply = await closing(ctx, command, ready.answered, () => command.run(ctx, ready.values));
    if (ready.answered !== undefined) await answerQuestion(ctx, ctx.identity.id, ctx.requestKey, hasSecrets(command));
    return { reply };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
    const fields = Object.values(command.args).filter((field) => field.name !== 'on');
    const secret = firstSecret(command);
    // Which of several secrets was wrong nobody can say, so they are all asked for again.
    if (secret && !incoming.forms)
      return ask(ctx, incoming, command, withoutSecrets(command, ready.args), [secret], errorSay(error));
    if (incoming.what.kind !== 'form' || fields.length === 0) throw error;
    const kept = ready.args.on === undefined ? {} : { on: ready.args.on };
    return ask(ctx, incoming, command, kept, fields, errorSay(error));
  }
}

/** A question is closed after the work it was asked for, so that a crash in between repeats the message whole. */
async function closing<T>(
  ctx: CommandContext,
  command: Command,
  answered: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const mayBeGivenAgain = error instanceof Refusal && error.kind === 'invalid';
    if (answered !== undefined && !mayBeGivenAgain)
      await answerQuestion(ctx, ctx.identity.id, ctx.requestKey, hasSecrets(command));
    throw error;
  }
}

async function ask(
  ctx: CommandContext,
  incoming: Incoming,
  command: Command,
  args: Record<string, string>,
  fields: Command['args'][string][],
  problem?: Say,
): Promise<Next> {
  if (incoming.forms) return { form: formOf(command, args, fields, problem) };
  const [field] = fields;
  if (!field) throw new Error(`nothing to ask for "${command.name}"`);
  const question = await openQuestion(ctx, ctx.identity.id, {
    command: command.name,
    args: sealAnswers(ctx, ctx.identity.id, command, args),
    field: field.name,
  });
  const nonce = question.askedAt.getTime().toString(36);
  const choices = field.choices.map((choice) => ({ say: choice.say, does: 'answer', on: `${nonce}.${choice.value}` }));
  const rows = Array.from({ length: Math.ceil(choices.length / 3) }, (_, i) => choices.slice(i * 3, i * 3 + 3));
  return {
    reply: {
      say: problem ? [problem, field.label, field.hint] : [field.label, field.hint],
      buttons: [...rows, [{ say: ['button.never_mind'], does: 'nevermind' }]],
      sensitive: true,
      fresh: problem !== undefined,
    },
  };
}
