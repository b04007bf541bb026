import type { NoticeToDeliver } from '../core/notices/courier.ts';
import type { Reply } from './reply.ts';

/** What a notice looks like in a chat. */
export function noticeReply(notice: Pick<NoticeToDeliver, 'kind' | 'params'>): Reply {
  return { say: [`notice.${notice.kind}`, notice.params], sensitive: true };
}
