/** Why a notice was not told, or not yet, as its row keeps it. */
export const whys = {
  shut: 'takes no messages from us',
  wait: 'asked us to wait',
  no_chat: 'no chat of this person is connected',
  cancelled: 'its broadcast was cancelled',
  left: 'this person is blocked or has closed the account',
  told: 'this person was told in another chat that was joined',
} as const;

export type Why = keyof typeof whys;

const texts = Object.entries(whys) as [Why, string][]; // the entries of the record above

/**
 * Reads what a row keeps: `telegram: takes no messages from us`, or a sentence alone. `fault` is for anything else, which
 * is the name of a fault that a chat's courier met.
 */
export function readWhy(error: string): { provider: string | undefined; why: Why | 'fault'; fault: string } {
  const [, provider, rest = error] = /^([a-z]+): (.*)$/.exec(error) ?? [];
  const known = texts.find(([, text]) => text === rest);
  return { provider, why: known?.[0] ?? 'fault', fault: rest };
}
