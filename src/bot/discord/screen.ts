import { type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { findScreen, retireScreen, showScreen } from '../../core/chats/screen.ts';
import { minutes } from '../../core/clock.ts';
import type { Context } from '../../core/context.ts';
import type { IdentityId } from '../../core/id.ts';
import type { Reply } from '../reply.ts';
import { faultOf } from './fault.ts';
import type { Layout } from './layout.ts';

/**
 * Where a message of ours is. One in a direct chat can be reached for ever. An answer to an interaction can be reached
 * only with that interaction's token and for 15 minutes; the token is a secret, so a ref is never logged.
 */
const refShape = z.discriminatedUnion('in', [
  z.object({ in: z.literal('channel'), channel: z.string(), message: z.string() }),
  z.object({
    in: z.literal('interaction'),
    application: z.string(),
    token: z.string(),
    message: z.string(),
    /** The answer itself, which Discord calls `@original`, and not a message that followed it. */
    original: z.boolean(),
    until: z.number(),
  }),
]);

export type Shown = z.infer<typeof refShape>;

const TOKEN_LIFETIME_MS = minutes(15);

export const tokenEnd = (ctx: Pick<Context, 'clock'>) => ctx.clock.now().getTime() + TOKEN_LIFETIME_MS;

/**
 * Keeps the promises of `screen` and `retire` after a reply was shown: the message that had this name before goes, and
 * so does the one that is retired. A message that the reply has just been written into stays. Taking away is best
 * effort: people delete messages themselves, and tokens run out.
 */
export async function keepScreens(
  ctx: Context,
  rest: REST,
  input: { identityId: IdentityId | undefined; reply: Reply; shown: Shown | undefined },
): Promise<void> {
  const { identityId, reply, shown } = input;
  if (!identityId) return;
  const gone: (string | undefined)[] = [];
  try {
    if (reply.retire) gone.push(await retireScreen(ctx, { identityId, name: reply.retire }));
    if (reply.screen && shown)
      gone.push(await showScreen(ctx, { identityId, name: reply.screen, ref: JSON.stringify(shown) }));
  } catch (error) {
    ctx.log.error({ err: faultOf(error) }, 'a screen could not be noted');
  }
  for (const ref of gone) {
    const place = ref && readRef(ref);
    if (place && place.message !== shown?.message) await takeAway(ctx, rest, place);
  }
}

/** Writes into a message that is still shown. Best effort, as taking away is. */
export async function reviseScreen(
  ctx: Context,
  rest: REST,
  input: { identityId: IdentityId; name: string; layout: Layout },
): Promise<void> {
  const ref = await findScreen(ctx, input);
  const place = ref && readRef(ref);
  if (!place || (place.in === 'interaction' && place.until <= ctx.clock.now().getTime())) return;
  const { content, embeds, components, allowedMentions } = input.layout;
  const body = { content, embeds, components, allowed_mentions: allowedMentions };
  try {
    if (place.in === 'channel') await rest.patch(Routes.channelMessage(place.channel, place.message), { body });
    else {
      const message = place.original ? '@original' : place.message;
      await rest.patch(Routes.webhookMessage(place.application, place.token, message), { body, auth: false });
    }
  } catch (error) {
    ctx.log.debug({ fault: faultOf(error) }, 'a message could not be written over');
  }
}

function readRef(ref: string): Shown | undefined {
  try {
    return refShape.parse(JSON.parse(ref));
  } catch {
    return undefined;
  }
}

async function takeAway(ctx: Context, rest: REST, place: Shown): Promise<void> {
  if (place.in === 'interaction' && place.until <= ctx.clock.now().getTime()) return;
  try {
    if (place.in === 'channel') await rest.delete(Routes.channelMessage(place.channel, place.message));
    else {
      const message = place.original ? '@original' : place.message;
      await rest.delete(Routes.webhookMessage(place.application, place.token, message), { auth: false });
    }
  } catch (error) {
    ctx.log.debug({ fault: faultOf(error) }, 'an old message could not be taken away');
  }
}
