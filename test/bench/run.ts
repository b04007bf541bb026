import { backtest } from './backtest.ts';
import { candles } from './candles.ts';
import { chat } from './chat.ts';
import { contracts } from './contracts.ts';
import { exporting } from './export.ts';
import { indicators } from './indicators.ts';
import { ledger } from './ledger.ts';
import { optimize } from './optimize.ts';
import { panel } from './panel.ts';
import { portfolio } from './portfolio.ts';
import { sync } from './sync.ts';
import { webhook } from './webhook.ts';

/** `npm run bench -- <name> [quick]`: prints JSON lines. `quick` is a short look, for trying the bench itself. */
const benches: Record<string, (options: { quick: boolean }) => Promise<void>> = {
  ledger,
  webhook,
  chat,
  panel,
  export: exporting,
  backtest,
  contracts,
  indicators,
  candles,
  optimize,
  portfolio,
  sync,
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  process.stderr.write(`npm run bench -- <name> [quick]; one of ${Object.keys(benches).join(', ')}\n`);
  process.exit(64); // EX_USAGE
}
await bench({ quick: flags.includes('quick') });
