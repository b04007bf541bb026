import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { forgetTalks } from '../chats/erase.ts';
import { type Context, inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { clearUnreachable, identitiesOf } from '../people/identity.ts';
import { refuseLinksOf } from '../people/link.ts';
import { lockPerson } from '../people/user.ts';

/**
 * Sets somebody's chats back to their beginning, for chats that are stuck and for one that fell into other hands: open
 * questions and shown screens are forgotten, codes and requests to join end, and every login is tried again. Money,
 * logins and preferences stay. Doing it twice harms nothing.
 */
export async function resetUser(ctx: Context, input: { userId: UserId; reason: string }): Promise<void> {
  requirePermission(ctx, 'users.reset');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const person = await lockPerson(ctx, input.userId);
    if (person.closedAt) fail('user.closed');
    const talks = await forgetTalks(ctx, await identitiesOf(ctx, person.id));
    const links = await refuseLinksOf(ctx, person.id);
    const unreachable = await clearUnreachable(ctx, person.id);
    await writeAudit(ctx, 'user.reset', person.id, { reason, ...talks, links, unreachable });
  });
}
