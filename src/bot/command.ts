import type { Actor } from '../core/access.ts';
import type { CreditContext } from '../core/money/credit.ts';
import type { Gateways } from '../core/money/gateway.ts';
import type { JoinContext } from '../core/money/join.ts';
import type { Couriers } from '../core/notices/courier.ts';
import type { Identity, User } from '../core/people/identity.ts';
import type { Provider } from '../core/people/tables.ts';
import type { PortfolioContext } from '../core/portfolio/context.ts';
import type { PdfContext } from '../core/rental/pdf.ts';
import type { RentalContext } from '../core/rental/write.ts';
import type { Language } from '../core/text/text.ts';
import type { Field } from './fields.ts';
import type { Reply, Say } from './reply.ts';

/** What every chat needs to answer. */
export type BotContext = PdfContext &
  RentalContext &
  CreditContext &
  JoinContext &
  PortfolioContext & { gateways: Gateways; couriers: Couriers };

/** What a command sees: the ground, on behalf of the person who wrote. */
export type CommandContext = BotContext & {
  actor: Extract<Actor, { kind: 'user' }>;
  user: User;
  identity: Identity;
  language: Language;
  /** Names the message that asks; the same message coming twice has the same key. */
  requestKey: string;
  commands: readonly Command[];
};

export type Fields = Record<string, Field<unknown>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;
export type Args<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

export interface Command<F extends Fields = Fields> {
  name: string;
  /** `private`: the answer is for this person alone and is never shown to a group. */
  audience: 'private' | 'anyone';
  /** Not in menus and help; reached by buttons. */
  hidden: boolean;
  args: F;
  run(ctx: CommandContext, args: Args<F>): Promise<Reply>;
}

type Declaration<F extends Fields> = Omit<Command<F>, 'hidden' | 'args'> & { hidden?: boolean; args?: F };

export function command<F extends Fields = Record<never, never>>(declaration: Declaration<F>): Command {
  const { hidden = false, args = {} as F, ...rest } = declaration;
  // Each command knows the types of its own arguments; the list of all of them cannot.
  return { ...rest, hidden, args } as unknown as Command;
}

/** The line about a command in help and menus. */
export const describe = (command: Command): Say => [`command.${command.name}`];

/** What a chat hands to `answer`. */
export interface Incoming {
  key: string;
  login: { provider: Provider; subject: string; displayName: string; languageHint?: string | undefined };
  place: 'private' | 'group';
  /** Whether this chat can show a form of several fields at once. */
  forms: boolean;
  what:
    | { kind: 'command'; name: string; text: string }
    | { kind: 'options'; name: string; options: Record<string, string> }
    | { kind: 'button'; does: string; on: string | undefined }
    | { kind: 'form'; command: string; args: Record<string, string> }
    | { kind: 'text'; text: string }
    | { kind: 'other' };
}
