import { randomCode } from '../../core/id.ts';
import type { Identity } from '../../core/people/identity.ts';
import type { Language } from '../../core/text/text.ts';
import { answer, findCommand } from '../answer.ts';
import type { BotContext, Incoming } from '../command.ts';
import { type Drawn, type DrawnForm, draw, drawForm, speak } from '../draw.ts';
import type { Form, Reply } from '../reply.ts';
import { faultOf } from './fault.ts';
import { formId, opener } from './form.ts';

/** An answer in words, ready to be shown. A form comes with its id and the message that can stand in for it. */
export type Ready = { identityId: Identity['id'] | undefined } & (
  | { kind: 'reply'; reply: Reply; drawn: Drawn }
  | { kind: 'form'; form: DrawnForm; id: string; opener: Drawn }
);

/** Answers and draws. Never throws: a reply that cannot be drawn is a bug, and the person gets a reference to quote. */
export async function prepare(ctx: BotContext, incoming: Incoming): Promise<Ready> {
  const answered = await answer(ctx, incoming);
  const { language } = answered;
  const identityId = answered.identity?.id;
  try {
    if ('reply' in answered) return { identityId, ...(await ready(ctx, language, answered.reply)) };
    const form = drawForm(language, fitting(answered.form));
    const id = formId(form);
    if (id !== undefined) return { identityId, kind: 'form', form, id, opener: opener(form, id, openLabel(language)) };
    return {
      identityId,
      ...(await ready(ctx, language, { say: ['error.text.too_long', { max: 60 }], fresh: true, sensitive: true })),
    };
  } catch (error) {
    return { identityId, ...(await ready(ctx, language, unexpected(ctx, error))) };
  }
}

/**
 * What was answered already travels in a form's id. Where it is too long for that, as an address is, all of it is asked
 * once more, with the reason.
 */
function fitting(form: Form): Form {
  if (formId(form) !== undefined) return form;
  const fields = Object.values(findCommand(form.command)?.args ?? {}).filter((field) => field.name !== 'on');
  const { on } = form.args;
  return { ...form, args: on === undefined ? {} : { on }, fields };
}

const openLabel = (language: Language) => speak(language, ['button.fill_in']);

async function ready(ctx: BotContext, language: Language, reply: Reply) {
  return { kind: 'reply' as const, reply, drawn: await draw(language, reply, ctx) };
}

/** What a person reads when something of ours broke; the reference is in the log beside the fault. */
export function unexpected(ctx: BotContext, error: unknown): Reply {
  const reference = randomCode(6);
  ctx.log.error({ fault: faultOf(error), reference }, 'an answer could not be shown on Discord');
  return { say: ['error.unexpected', { reference }], fresh: true, sensitive: true };
}
