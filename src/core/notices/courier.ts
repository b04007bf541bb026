import type { IdentityId } from '../id.ts';
import type { Provider } from '../people/tables.ts';
import type { Language } from '../text/text.ts';

/** `unreachable`: this login takes no messages from us (blocked, DMs closed). A number: try again after so many ms. */
export type Delivery = 'sent' | 'unreachable' | { retryAfterMs: number };

export interface Recipient {
  identityId: IdentityId;
  subject: string;
  language: Language;
}

export interface NoticeToDeliver {
  id: string;
  kind: string;
  params: Record<string, string>;
  /** Deliver without sound: it is the person's quiet time. */
  silent: boolean;
}

/** What notices need from a chat. Throws only for faults worth another try. */
export interface Courier {
  deliver(to: Recipient, notice: NoticeToDeliver): Promise<Delivery>;
  /** Writes something else into a message of ours that this login was shown; nothing where it is gone. */
  revise(to: Recipient, screen: string, told: Pick<NoticeToDeliver, 'kind' | 'params'>): Promise<void>;
  /** Takes a message of ours away that is obsolete, if this login was shown it. As well as the chat allows. */
  retire(to: Recipient, screen: string): Promise<void>;
}

export type Couriers = ReadonlyMap<Provider, Courier>;
