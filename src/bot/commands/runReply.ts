import { runName } from '../../core/backtest/inWords.ts';
import type { Run } from '../../core/backtest/run.ts';
import type { Language } from '../../core/text/text.ts';
import type { Button, Reply, Say } from '../reply.ts';
import { numbersIn, resultReplies } from './resultReply.ts';

/** The message of a run that is shown again and again until its end. */
export const screenOf = (runId: string) => `run:${runId}`;

const BAR = 12;

export const runFoot: Button[] = [
  { say: ['button.backtests'], does: 'backtests' },
  { say: ['button.menu'], does: 'menu' },
];

/** A run as it is now: its place in the queue, how far it is, its result, or why there is none. */
export function runReply(language: Language, run: Run, place = 0): Reply {
  const name = runName(language, run.request);
  if (run.status === 'done') return { sensitive: true, ...resultReplies[run.kind](language, run) };
  const title: Say = [`run.title_${run.kind}`, name];
  if (run.status === 'failed')
    return {
      title,
      say: [[`error.${run.failure ?? 'run.interrupted'}`, numbersIn(run.failureParams ?? {})]],
      buttons: [runFoot],
      sensitive: true,
      fresh: true,
    };
  if (run.status === 'cancelled') return { title, say: ['run.cancelled'], buttons: [runFoot], sensitive: true };
  const done = Math.round((BAR * run.progress) / 1000);
  const bar = '▰'.repeat(done) + '▱'.repeat(BAR - done);
  const say: Say =
    run.status === 'queued' && place > 0
      ? ['run.waiting', { place }]
      : ['run.progress', { bar, percent: Math.floor(run.progress / 10) }];
  return {
    title,
    say: [say, ['run.told_later']],
    buttons: [[{ say: ['button.cancel'], does: 'run.cancel', on: run.id }]],
    screen: screenOf(run.id),
    sensitive: true,
  };
}
