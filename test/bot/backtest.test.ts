import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTrial } from '../../src/core/rental/trial.ts';
import { loadCandles } from '../../src/jobs/loadCandles.ts';
import { type Runner, startRunner } from '../../src/jobs/runner.ts';
import { chatter } from '../support/chat.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let runner: Runner;
beforeEach(async () => {
  world = await createWorld();
  const ctx = world.ctx({ kind: 'job', name: 'runs' });
  runner = startRunner(ctx, { pool: world.pool, load: loadCandles(ctx) });
});
afterEach(async () => {
  await runner.stop();
  await world.close();
});

test('look', async () => {
  const somchai = chatter(world, { languageHint: 'th' });
  console.log((await somchai.types('/backtest sma_cross btc')).text);
  await somchai.types('/plans');
  const plans = await somchai.types('/plans');
  const shown = await somchai.presses('plans.show', plans.buttons?.[1]?.[0]?.data.split('|')[1]);
  console.log(
    (
      await somchai.presses(
        'trial',
        shown.buttons
          ?.flat()
          .find((b) => b.data.startsWith('trial'))
          ?.data.split('|')[1],
      )
    ).text,
  );
  for (const language of ['th', 'en']) {
    await somchai.types(`/language ${language}`);
    for (const [name, command] of [
      ['run', '/backtest sma_cross btc 1h 2024-01-01 2024-12-31 fee=0.1%'],
      ['minute', '/backtest ema_cross eth 1m'],
      ['optimize', '/optimize sma_cross btc 1h fast=5..20 slow=30..60/5'],
      ['batch', '/batch rsi_cross 1h btc eth sol'],
    ] as const) {
      const began = performance.now();
      const shown = await somchai.types(command);
      console.log(command, Math.round(performance.now() - began), 'ms\n', shown.text, JSON.stringify(shown.buttons));
      if (shown.picture) writeFileSync(`/tmp/pic-${name}-${language}.png`, shown.picture.png);
      if (name === 'run') {
        for (const does of ['run.walk', 'run.montecarlo', 'run.compare', 'run.trades', 'run.report', 'run.optimize']) {
          const began = performance.now();
          const id = shown.buttons?.[0]?.[0]?.data.split('|')[1];
          const next = await somchai.presses(does, id);
          console.log(does, Math.round(performance.now() - began), 'ms\n', next.text);
          if (next.picture) writeFileSync(`/tmp/pic-${does}-${language}.png`, next.picture.png);
          if (next.file) writeFileSync(`/tmp/file-${language}-${next.file.name}`, next.file.content);
        }
      }
    }
  }
  console.log((await somchai.types('/backtests')).text, JSON.stringify((await somchai.types('/backtests')).buttons));
}, 120_000);
void startTrial;
void writeFileSync;
void expect;
