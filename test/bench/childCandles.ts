import { parentPort } from 'node:worker_threads';
import { candlesIn } from '../../src/core/market/candles.ts';

/** A worker of the bench: reads every close it was handed in shared memory and answers their sum. */
parentPort?.on('message', ({ memory, length }: { memory: SharedArrayBuffer; length: number }) => {
  let sum = 0;
  for (const close of candlesIn(memory, length).close) sum += close;
  parentPort?.postMessage(sum);
});
parentPort?.postMessage('ready');
