import { ExchangeTrouble } from '../../core/market/trouble.ts';
import type { ExchangeId } from './client.ts';
import type { Session } from './venue.ts';

/**
 * Some exchanges merge spot and futures into one wallet for some of their accounts. ccxt finds out by itself, but takes
 * an attempt that failed for a no: the same money would be counted twice, or not at all, until the next start. So we ask
 * before it does, once for a client, and leave the answer where ccxt looks for it.
 */
const learn: Readonly<Partial<Record<ExchangeId, (session: Session) => Promise<boolean>>>> = {
  async bybit({ client, ask }) {
    await ask((asked) => asked.isUnifiedEnabled());
    return client.options.enableUnifiedMargin === true || client.options.enableUnifiedAccount === true;
  },
  async bitget({ client, ask }) {
    client.options.uta ??= await hasUnified(() => ask((asked) => asked.privateUtaGetV3AccountSettings()));
    return client.options.uta === true;
  },
  async kucoin({ client, ask }) {
    // ccxt's own option has a default here, so what was learnt has a name of its own.
    if (client.options.learntHf === undefined) {
      const opened = await ask((asked) => asked.privateGetHfAccountsOpened());
      client.options.hf = client.safeBool(opened, 'data', false);
      client.options.learntHf = true;
    }
    return ask((asked) => asked.isUTAEnabled());
  },
  async gate({ client, ask }) {
    if (client.options.unifiedAccount === undefined) {
      const detail = await ask((asked) => asked.privateAccountGetDetail());
      client.options.unifiedAccount = client.safeInteger(client.safeDict(detail, 'key', {}), 'mode') === 2;
    }
    return client.options.unifiedAccount === true;
  },
};

/** Whether the account's spot wallet holds what its futures stand on. OKX's always does, and has no second one. */
export async function learnWallets(session: Session): Promise<boolean> {
  return (await learn[session.id]?.(session)) ?? false;
}

/** The exchange answers only accounts that are unified, and refuses the others; its silence is no answer. */
async function hasUnified(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question();
    return true;
  } catch (error) {
    if (!(error instanceof ExchangeTrouble) || error.passes || error.kind === 'clock') throw error;
    return false;
  }
}
