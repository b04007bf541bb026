import type { Context } from '../context.ts';
import type { Exchanges } from '../trading/exchange.ts';
import type { Vault } from '../vault.ts';

/** Whoever asks exchanges for something new needs the port, and the vault for the keys. */
export type PortfolioContext = Context & { vault: Vault; exchanges: Exchanges };
