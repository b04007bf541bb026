import { type Command, command } from '../../src/bot/command.ts';
import { opaque, word } from '../../src/bot/fields.ts';

const done = { say: ['question.dropped'] } as const;

/** Commands as a later capability declares them, one of every kind of need. */
export const made: Command[] = [
  command({
    name: 'practise',
    audience: 'private',
    needs: 'basic_strategies',
    args: { market: word({ name: 'market', label: ['field.plan'], hint: ['field.plan_hint'] }) },
    run: async () => done,
  }),
  command({ name: 'practise.show', audience: 'private', hidden: true, args: { id: opaque() }, run: async () => done }),
  command({ name: 'practise.show.all', audience: 'private', hidden: true, run: async () => done }),
  command({ name: 'practise.about', audience: 'private', hidden: true, needs: 'nothing', run: async () => done }),
  command({ name: 'listen', audience: 'anyone', needs: 'live_notices', run: async () => done }),
  command({
    name: 'engage',
    audience: 'private',
    needs: async () => ({ quota: 'tradingBots', used: 2 }),
    run: async () => done,
  }),
];
