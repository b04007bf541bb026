import { ChannelType, type Message, type REST } from 'discord.js';
import type { BotContext, Incoming } from '../command.ts';
import { claimEvent } from './claim.ts';
import { faultOf } from './fault.ts';
import { layOut, layOutToast } from './layout.ts';
import { prepare, type Ready } from './prepare.ts';
import { keepScreens, type Shown } from './screen.ts';
import { patiently, sendMessage } from './send.ts';

/** Whether a person wrote this to us alone. In servers we read nothing. */
export const isTextForUs = (message: Message) =>
  message.channel.type === ChannelType.DM && !message.author.bot && !message.system;

/**
 * Answers a text in a direct chat. Discord shows forms only after a press or a slash command, so here questions are
 * asked one by one.
 */
export async function answerText(ctx: BotContext, rest: REST, message: Message): Promise<void> {
  if (!(await claimEvent(ctx, message.id))) return;
  const ready = await prepare(ctx, incomingOf(message));
  const how = { nonce: message.id, silent: false };
  try {
    const id = await patiently(() => sendMessage(rest, message.channelId, layoutOf(ready), how));
    const shown: Shown = { in: 'channel', channel: message.channelId, message: id };
    if (ready.kind === 'reply')
      await keepScreens(ctx, rest, { identityId: ready.identityId, reply: ready.reply, shown });
  } catch (error) {
    ctx.log.warn({ fault: faultOf(error) }, 'a direct message on Discord could not be answered');
  }
}

function layoutOf(ready: Ready) {
  const drawn = ready.kind === 'form' ? ready.opener : ready.drawn;
  const layout = layOut(drawn);
  // There is no popup in a direct chat; a passing word is written above the rest, or alone.
  if (!drawn.toast) return layout;
  return layout.embeds.length > 0 || layout.files.length > 0
    ? { ...layout, content: layOutToast(drawn.toast).content }
    : layOutToast(drawn.toast);
}

function incomingOf(message: Message): Incoming {
  const { author } = message;
  return {
    key: `discord:${message.id}`,
    login: { provider: 'discord', subject: author.id, displayName: author.globalName ?? author.username },
    place: 'private',
    forms: false,
    what: readText(message.content),
  };
}

/** `/topup 500`, typed rather than chosen, is the command; a picture or a sticker is something we do not take. */
function readText(content: string): Incoming['what'] {
  const [, name, text = ''] = /^\/([\w-]+)(?:\s+([\s\S]*))?$/.exec(content.trim()) ?? [];
  if (name) return { kind: 'command', name, text };
  return content.trim() === '' ? { kind: 'other' } : { kind: 'text', text: content };
}
