import { readFileSync } from 'node:fs';
import { allocateCandles } from '../../src/core/market/candles.ts';
import { yardstick } from './yardstick.ts';

/** The yardstick as a whole process: a file of candles, read the plain way, to its figures. */
const lines = readFileSync(process.argv[2] ?? '', 'utf8')
  .trimEnd()
  .split('\n');
const candles = allocateCandles(lines.length - 1);
for (let i = 1; i < lines.length; i++) {
  const fields = (lines[i] as string).split(','); // i is inside
  candles.time[i - 1] = Number(fields[0]);
  candles.open[i - 1] = Number(fields[1]);
  candles.high[i - 1] = Number(fields[2]);
  candles.low[i - 1] = Number(fields[3]);
  candles.close[i - 1] = Number(fields[4]);
  candles.volume[i - 1] = Number(fields[5]);
}
process.stdout.write(`${JSON.stringify(yardstick(candles, new Float64Array(candles.length)))}\n`);
