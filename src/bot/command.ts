import type { Actor } from '../core/access.ts';
import type { Painter } from '../core/chart.ts';
import type { MarketContext } from '../core/market/sources.ts';
import type { CreditContext } from '../core/money/credit.ts';
import type { Gateways } from '../core/money/gateway.ts';
import type { JoinContext } from '../core/money/join.ts';
import type { Couriers } from '../core/notices/courier.ts';
import type { Identity, User } from '../core/people/identity.ts';
import type { Provider } from '../core/people/tables.ts';
import type { Feature } from '../core/rental/features.ts';
import type { Need } from '../core/rental/guard.ts';
import type { GuildContext, Server } from '../core/rental/guildRole.ts';
import type { PdfContext } from '../core/rental/pdf.ts';
import type { RentalContext } from '../core/rental/write.ts';
import type { Language } from '../core/text/text.ts';
import type { SiteContext } from '../core/trading/link.ts';
import type { AccountContext } from '../core/trading/port.ts';
import type { Field } from './fields.ts';
import type { Reply, Say } from './reply.ts';

/** What every chat needs to answer. */
export type BotContext = PdfContext &
  RentalContext &
  CreditContext &
  MarketContext &
  JoinContext &
  GuildContext &
  AccountContext &
  SiteContext & {
    gateways: Gateways;
    couriers: Couriers;
    painter: Painter;
    /** Whoever works off runs, if that is this process. */
    runs: { wake(): void };
  };

/** What a command sees: the ground, on behalf of the person who wrote. */
export type CommandContext = BotContext & {
  actor: Extract<Actor, { kind: 'user' }>;
  user: User;
  identity: Identity;
  language: Language;
  /** Names the message that asks; the same message coming twice has the same key. */
  requestKey: string;
  /** The server they wrote from, in a chat that has servers. */
  server?: Server | undefined;
  commands: readonly Command[];
};

export type Fields = Record<string, Field<unknown>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;
export type Args<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** A feature of the plan; a number of things that must have room, found out by asking; or, said on purpose, nothing. */
export type Needs = Feature | 'nothing' | ((ctx: CommandContext) => Promise<Need>);

export interface Command<F extends Fields = Fields> {
  name: string;
  /**
   * `private`: the answer is for this person alone and is never shown to a group. `server_admin`: the same, and offered
   * only where a chat has servers, to those who manage one.
   */
  audience: 'private' | 'anyone' | 'server_admin';
  /** Not in menus and help; reached by buttons. */
  hidden: boolean;
  /**
   * What a person's contract must open for this to be answered: asked before the first question and before the run.
   * Without it a command needs what the one needs that it belongs to, `backtest.show` what `backtest` does.
   */
  needs?: Needs;
  /** Leads to where keys are typed: more words behind it than it takes are taken for such. */
  takesKeys: boolean;
  args: F;
  run(ctx: CommandContext, args: Args<F>): Promise<Reply>;
}

type Declaration<F extends Fields> = Omit<Command<F>, 'hidden' | 'takesKeys' | 'args'> & {
  hidden?: boolean;
  takesKeys?: boolean;
  args?: F;
};

export function command<F extends Fields = Record<never, never>>(declaration: Declaration<F>): Command {
  const { hidden = false, takesKeys = false, args = {} as F, ...rest } = declaration;
  // Each command knows the types of its own arguments; the list of all of them cannot.
  return { ...rest, hidden, takesKeys, args } as unknown as Command;
}

/** The line about a command in help and menus. */
export const describe = (command: Command): Say => [`command.${command.name}`];

/** What every chat offers, wherever somebody writes from. */
export const isForEverybody = ({ audience }: Command) => audience !== 'server_admin';

/** What a chat hands to `answer`. */
export interface Incoming {
  key: string;
  login: { provider: Provider; subject: string; displayName: string; languageHint?: string | undefined };
  place: 'private' | 'group';
  server?: Server | undefined;
  /** Whether this chat can show a form of several fields at once. */
  forms: boolean;
  /** Takes the message itself out of the chat, where that can be done; says whether it is gone. Never throws. */
  retract?: (() => Promise<boolean>) | undefined;
  what:
    | { kind: 'command'; name: string; text: string }
    | { kind: 'options'; name: string; options: Record<string, string> }
    | { kind: 'button'; does: string; on: string | undefined }
    | { kind: 'form'; command: string; args: Record<string, string> }
    | { kind: 'text'; text: string }
    | { kind: 'other' };
}
