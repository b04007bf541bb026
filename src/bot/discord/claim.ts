import { finishUpdate, type InboxContext, storeUpdates } from '../../core/chats/inbox.ts';
import { faultOf } from './fault.ts';

/** The last 22 bits of an id of Discord's tell apart what was born in one millisecond. */
const LOW_BITS = 22n;

/**
 * Discord tells every instance of ours everything. The one that notes an event first answers it; true when that is us.
 * It is done as soon as it is noted: after a crash nobody can answer an interaction that is three seconds old. When
 * the database is away nobody can note anything, and each says so.
 */
export async function claimEvent(ctx: InboxContext, eventId: string): Promise<boolean> {
  const id = BigInt(eventId);
  const bornMs = Number(id >> LOW_BITS);
  const botId = `discord:${BigInt.asUintN(Number(LOW_BITS), id)}`; // an id is too long for one number
  try {
    const stored = await storeUpdates(ctx, botId, [{ updateId: bornMs, lane: 'discord', payload: null }]);
    if (stored > 0) await finishUpdate(ctx, botId, bornMs);
    return stored > 0;
  } catch (error) {
    ctx.log.warn({ fault: faultOf(error) }, 'an event of Discord could not be noted');
    return true;
  }
}
