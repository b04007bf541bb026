import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { nearestName } from '../spelling.ts';
import type { Vault } from '../vault.ts';
import type { Endpoint, ExchangeInfo, Exchanges } from './exchange.ts';

/** Whoever works with accounts needs the exchanges, and the vault for their keys. */
export type AccountContext = Context & { vault: Vault; exchanges: Exchanges };

/** The exchange that a person means, by its id or its name. The refusal repeats nothing of what was typed: it may be a key. */
export function findExchange({ offered }: Exchanges, typed: string): ExchangeInfo {
  const wanted = typed.trim().toLowerCase();
  const found = offered.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (found) return found;
  const ids = offered.map(({ id }) => id);
  const id = nearestName(wanted.slice(0, 40), ids);
  const nearest = offered.find((info) => info.id === id)?.name ?? 'none';
  const choices = offered.map(({ name }) => name).join(', ');
  return fail('account.exchange_unknown', { nearest, choices });
}

/** What an exchange is called; its id where it is no longer offered. */
export const exchangeName = ({ offered }: Pick<Exchanges, 'offered'>, id: string): string =>
  offered.find((info) => info.id === id)?.name ?? id;

export function findEndpoint(info: ExchangeInfo, typed: string): Endpoint {
  const found = info.endpoints.find((endpoint) => endpoint === typed.trim().toLowerCase());
  return found ?? fail('account.endpoint_unknown', { exchange: info.name, choices: info.endpoints.join(', ') });
}
