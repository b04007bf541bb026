import { z } from 'zod';
import { addLocalMessage, deleteLocalMessage, settleLocalMessage } from '../../core/chats/localMessage.ts';
import { languages } from '../../core/text/text.ts';
import { answer } from '../answer.ts';
import type { BotContext, Incoming } from '../command.ts';
import { type DrawnForm, drawForm, readButton } from '../draw.ts';
import { createLanes } from '../lanes.ts';
import { createOnce } from './once.ts';
import { show } from './show.ts';

/** A persona: letters (any script's) and digits with single dashes between. */
export const subjectSchema = z
  .string()
  .max(48)
  .regex(/^[\p{L}\p{M}\p{N}]+(-[\p{L}\p{M}\p{N}]+)*$/u);

const who = {
  as: subjectSchema,
  name: z.string().max(64).optional(),
  language: z.enum(languages).optional(),
  /** Made by the page: the same id twice is the same message, sent again because the answer was lost. */
  id: z.uuid(),
};

/** PostgreSQL keeps neither a NUL nor half a surrogate pair. */
const text = z
  .string()
  .max(4096)
  .transform((value) => value.toWellFormed().replaceAll('\0', ''));

export const messageSchema = z.object({ ...who, text: text.pipe(z.string().trim().min(1)) });
export const pressSchema = z.object({ ...who, message: z.int().positive(), data: z.string().min(1).max(64) });
export const formSchema = z.object({
  ...who,
  command: z.string().min(1).max(64),
  args: z.record(z.string().max(64), text).refine((args) => Object.keys(args).length <= 30),
});

type Sender = { as: string; id: string; name?: string | undefined; language?: 'th' | 'en' | undefined };

/** What the page is told at once. The messages themselves come to it by its feed. */
export interface Outcome {
  toast?: string | undefined;
  /** Lives on the page alone: it may hold secrets. */
  form?: DrawnForm;
}

/** Takes what a page sends, and answers it: once per id, and in order for each persona. */
export function createReceiver(ctx: BotContext) {
  const once = createOnce<Outcome>();
  const inLane = createLanes();

  const take = (from: Sender, work: (key: string) => Promise<Outcome>): Promise<Outcome> => {
    const key = `local:${from.as}:${from.id}`;
    return once(key, () => inLane(from.as, () => work(key)));
  };

  return {
    message: (from: z.infer<typeof messageSchema>) =>
      take(from, async (key) => {
        const subject = from.as;
        const kept = await addLocalMessage(ctx, {
          subject,
          author: 'person',
          key: from.id,
          waiting: true,
          body: { text: from.text },
        });
        if (!kept.waiting) return {}; // answered by an earlier process
        const retract = () => deleteLocalMessage(ctx, { subject, id: kept.id });
        const outcome = await respond(ctx, from, key, readText(from.text), { retract });
        await settleLocalMessage(ctx, { subject, id: kept.id });
        return outcome;
      }),
    press: (from: z.infer<typeof pressSchema>) =>
      take(from, (key) =>
        respond(ctx, from, key, { kind: 'button', ...readButton(from.data) }, { pressed: from.message }),
      ),
    form: (from: z.infer<typeof formSchema>) =>
      take(from, (key) => respond(ctx, from, key, { kind: 'form', command: from.command, args: from.args })),
  };
}

function readText(text: string): Incoming['what'] {
  const command = /^\/(\S+)\s*/.exec(text);
  if (!command?.[1]) return { kind: 'text', text };
  return { kind: 'command', name: command[1], text: text.slice(command[0].length) };
}

async function respond(
  ctx: BotContext,
  from: Sender,
  key: string,
  what: Incoming['what'],
  { pressed, retract }: { pressed?: number; retract?: Incoming['retract'] } = {},
): Promise<Outcome> {
  const login = {
    provider: 'local',
    subject: from.as,
    displayName: from.name ?? from.as,
    languageHint: from.language,
  } as const;
  const answered = await answer(ctx, { key, login, place: 'private', forms: true, retract, what });
  const { language } = answered;
  if ('form' in answered) return { form: drawForm(language, answered.form) };
  const place = { subject: from.as, identityId: answered.identity?.id, language, pressed, key: `${from.id}:answer` };
  return show(ctx, place, answered.reply);
}
