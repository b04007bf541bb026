import type { Courier, Delivery } from '../../core/notices/courier.ts';
import { tellNotice } from '../notices.ts';
import { faultOf } from './fault.ts';
import { type Desk, retireMessage, reviseMessage, showReply } from './show.ts';

/** Brings notices to private chats. */
export function telegramCourier(desk: Desk): Courier {
  return {
    async deliver(to, notice): Promise<Delivery> {
      const target = {
        chatId: Number(to.subject),
        kind: 'private' as const,
        threadId: undefined,
        replyTo: undefined,
        said: undefined,
        press: undefined,
        language: to.language,
        identityId: to.identityId,
        what: undefined,
        silent: notice.silent,
      };
      try {
        await showReply(desk, target, await tellNotice(desk.ctx, notice, to.language));
        return 'sent';
      } catch (error) {
        const fault = faultOf(error);
        if (fault?.kind === 'blocked') return 'unreachable';
        if (fault?.kind === 'limited') return { retryAfterMs: fault.retryAfterMs };
        throw fault ? new Error(fault.about) : error;
      }
    },
    async revise(to, screen, told) {
      const reply = await tellNotice(desk.ctx, told, to.language);
      await reviseMessage(desk, to, screen, reply);
    },
    retire: (to, screen) => retireMessage(desk, to.identityId, screen),
  };
}
