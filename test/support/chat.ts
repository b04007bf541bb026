import { type Answer, answer } from '../../src/bot/answer.ts';
import type { BotContext, Incoming } from '../../src/bot/command.ts';
import { type Drawn, draw } from '../../src/bot/draw.ts';
import type { Form, Reply } from '../../src/bot/reply.ts';
import type { Painter } from '../../src/core/chart.ts';
import { job } from './money.ts';
import type { World } from './world.ts';

/** Somebody who writes to us, as any chat hands it to `answer`. */
export interface Chatter {
  says(text: string): Promise<Shown>;
  /** `/topup 500` */
  types(command: string): Promise<Shown>;
  /** Presses the button of this verb under the last message that had one. */
  presses(does: string, on?: string): Promise<Shown>;
  sends(what: Incoming['what'], more?: Partial<Incoming>): Promise<Shown>;
}

export type Shown = Partial<Drawn> & { answer: Answer; reply: Reply; form: Form | undefined; text: string };

let messages = 0;

export function chatter(world: World, login: Partial<Incoming['login']> = {}, more: Partial<Incoming> = {}): Chatter {
  messages += 1;
  const who = {
    provider: 'local' as const,
    subject: `chatter-${messages}`,
    displayName: 'Somchai',
    languageHint: 'en',
    ...login,
  };
  const ctx: BotContext = world.ctx(job);
  const sends: Chatter['sends'] = async (what, extra = {}) => {
    messages += 1;
    const incoming = {
      key: `message-${messages}`,
      login: who,
      place: 'private',
      forms: false,
      what,
      ...more,
      ...extra,
    } as const;
    return show(await answer(ctx, incoming), ctx.painter);
  };
  return {
    sends,
    says: (text) => sends({ kind: 'text', text }),
    types(command) {
      const [name = '', ...rest] = command.replace(/^\//, '').split(' ');
      return sends({ kind: 'command', name, text: rest.join(' ') });
    },
    presses: (does, on) => sends({ kind: 'button', does, on }),
  };
}

/** The answer in words, so that a text that cannot be said fails where it is made. */
async function show(given: Answer, painter: Painter): Promise<Shown> {
  if (!('reply' in given)) return { answer: given, reply: {}, form: given.form, text: '' };
  const drawn = await draw(given.language, given.reply, { painter });
  const text = [drawn.title, ...drawn.lines, ...drawn.facts.map((f) => `${f.label}: ${f.value}`), drawn.toast]
    .filter(Boolean)
    .join('\n');
  return { ...drawn, answer: given, reply: given.reply, form: undefined, text };
}
