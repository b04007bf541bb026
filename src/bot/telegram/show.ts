import { type Api, InputFile } from 'grammy';
import { z } from 'zod';
import { findScreen, retireScreen, showScreen } from '../../core/chats/screen.ts';
import type { IdentityId } from '../../core/id.ts';
import { type Language, translate } from '../../core/text/text.ts';
import { findCommand } from '../answer.ts';
import type { BotContext, Incoming } from '../command.ts';
import { type Drawn, draw } from '../draw.ts';
import type { Reply } from '../reply.ts';
import { faultOf } from './fault.ts';
import { CAPTION_MOST, cut, keyboardOf, layOut, TEXT_MOST, TOAST_MOST } from './layout.ts';
import type { Place, Self } from './read.ts';

/** What speaking through Telegram takes. */
export interface Desk {
  ctx: BotContext;
  api: Api;
  self: Self;
}

/** Where and to whom a reply is shown. */
export interface Target extends Place {
  language: Language;
  identityId: IdentityId | undefined;
  /** What was asked for, for a group that is told to ask in private. */
  what: Incoming['what'] | undefined;
  /** Without a sound. */
  silent: boolean;
}

/** Shows a reply. Throws what Telegram throws when the message itself could not be shown; all the rest is a nicety. */
export async function showReply(desk: Desk, target: Target, reply: Reply): Promise<void> {
  if (target.kind === 'group' && reply.sensitive) return pointToPrivate(desk, target);
  const drawn = await draw(target.language, reply, desk.ctx);
  const popup = target.press ? drawn.toast : undefined;
  // Where no button was pressed there is nothing that a popup could come out of.
  const body = drawn.toast && !popup ? { ...drawn, lines: [drawn.toast, ...drawn.lines] } : drawn;
  const [messageId] = await Promise.all([
    isEmpty(body) ? undefined : post(desk, target, reply, body),
    target.press && acknowledge(desk, target.press.queryId, popup ? { text: cut(popup, TOAST_MOST) } : {}),
  ]);
  await keepScreens(desk, target, reply, messageId);
}

const isEmpty = ({ title, lines, facts, picture, file }: Drawn) =>
  !title && lines.length === 0 && facts.length === 0 && !picture && !file;

/** Stops the spinner of a pressed button. Never throws: coming too late is no harm. */
export async function acknowledge(desk: Desk, queryId: string, how: { text?: string; url?: string }): Promise<void> {
  await desk.api.answerCallbackQuery(queryId, how).catch((error: unknown) => {
    if (!faultOf(error)) desk.ctx.log.error({ err: error }, 'telegram: a press was not acknowledged');
  });
}

/** Answers the id of the message that now holds the reply. */
async function post(desk: Desk, target: Target, reply: Reply, drawn: Drawn): Promise<number> {
  const markup = keyboardOf(drawn.buttons, drawn.link);
  const keyboard = markup ? { reply_markup: markup } : {};
  const { api } = desk;
  const { chatId, press } = target;
  const envelope = envelopeOf(target);
  if (!drawn.picture && !drawn.file) {
    const { text, entities } = layOut(drawn, TEXT_MOST);
    const words = { entities, link_preview_options: { is_disabled: true }, ...keyboard };
    if (press?.words && press.messageId !== undefined && !reply.fresh) {
      const edited = await edit(() => api.editMessageText(chatId, press.messageId ?? 0, text, words));
      if (edited) return press.messageId;
    }
    return (await api.sendMessage(chatId, text, { ...words, ...envelope })).message_id;
  }
  const full = layOut(drawn, TEXT_MOST);
  if (drawn.picture && !drawn.file && full.text.length > CAPTION_MOST) {
    // A caption takes a quarter of what a message takes: the words follow their picture rather than lose their end.
    await api.sendPhoto(chatId, new InputFile(drawn.picture.png, drawn.picture.name), envelope);
    const words = { entities: full.entities, link_preview_options: { is_disabled: true }, ...keyboard };
    return (await api.sendMessage(chatId, full.text, { ...words, ...envelope, disable_notification: true })).message_id;
  }
  const { text, entities } = layOut(drawn, CAPTION_MOST);
  const caption = text ? { caption: text, caption_entities: entities } : {};
  if (!drawn.picture) return sendFile(api, chatId, drawn.file, { ...caption, ...keyboard, ...envelope });
  const picture = new InputFile(drawn.picture.png, drawn.picture.name);
  const sent = await api.sendPhoto(chatId, picture, { ...caption, ...keyboard, ...envelope });
  if (drawn.file) await sendFile(api, chatId, drawn.file, envelope);
  return sent.message_id;
}

async function sendFile(
  api: Api,
  chatId: number,
  file: Drawn['file'],
  other: NonNullable<Parameters<Api['sendDocument']>[2]>,
): Promise<number> {
  if (!file) throw new Error('no file to send');
  return (await api.sendDocument(chatId, new InputFile(file.content, file.name), other)).message_id;
}

function envelopeOf({ threadId, replyTo, silent }: Target) {
  return {
    ...(threadId === undefined ? {} : { message_thread_id: threadId }),
    ...(replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
    ...(silent ? { disable_notification: true } : {}),
  };
}

/** False when the message is not there any more, so that the words must go into a new one. */
async function edit(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    const fault = faultOf(error);
    if (fault?.kind === 'pointless') return true; // it says this already
    if (fault?.kind === 'gone') return false;
    throw error;
  }
}

/** A group is never shown what is for one person: it gets a way to the private chat. */
async function pointToPrivate(desk: Desk, target: Target): Promise<void> {
  const { chatId, press, what, language } = target;
  const asked = what?.kind === 'command' ? what.name : what?.kind === 'button' ? what.does : '';
  const command = findCommand(asked);
  const name = command && !command.hidden ? command.name : 'menu';
  const url = `https://t.me/${desk.self.username}?start=${name}`;
  if (press) return acknowledge(desk, press.queryId, { url });
  await desk.api.sendMessage(chatId, translate(language, 'error.command.private', { name }), {
    ...envelopeOf(target),
    link_preview_options: { is_disabled: true },
    reply_markup: { inline_keyboard: [[{ text: translate(language, 'button.open_private'), url }]] },
  });
}

/** Takes a person's own message away, as a private chat allows for two days; one that is gone already is gone. */
export async function retractMessage(desk: Desk, { chatId, said }: Place): Promise<boolean> {
  if (said === undefined) return true;
  try {
    await desk.api.deleteMessage(chatId, said);
    return true;
  } catch (error) {
    const fault = faultOf(error);
    if (fault?.kind === 'gone' && /not found/i.test(fault.about)) return true; // and not: "can't be deleted"
    desk.ctx.log.warn({ fault: fault?.about ?? error }, 'telegram: a message with a secret could not be taken away');
    return false;
  }
}

const refSchema = z.object({ chat: z.number(), message: z.number() });

/**
 * Remembers which message is which, and takes away the one whose place was taken. A fault here is only logged: because
 * of it the message would be sent once more.
 */
async function keepScreens(desk: Desk, target: Target, reply: Reply, messageId: number | undefined): Promise<void> {
  const { identityId, chatId } = target;
  if (!identityId || target.kind === 'group') return;
  const ref = JSON.stringify({ chat: chatId, message: messageId });
  try {
    const before: (string | undefined)[] = [];
    if (reply.screen && messageId !== undefined) {
      before.push(await showScreen(desk.ctx, { identityId, name: reply.screen, ref }));
    }
    if (reply.retire) before.push(await retireScreen(desk.ctx, { identityId, name: reply.retire }));
    for (const old of before) if (old && old !== ref) await takeAway(desk, old);
  } catch (error) {
    desk.ctx.log.warn({ err: error }, 'telegram: an old message could not be taken away');
  }
}

/** Writes a reply of words into the message of this name, if the person is still shown it. */
export async function reviseMessage(
  desk: Desk,
  to: { identityId: IdentityId; language: Language },
  name: string,
  reply: Reply,
): Promise<void> {
  const ref = await findScreen(desk.ctx, { identityId: to.identityId, name });
  if (!ref) return;
  const { chat, message } = refSchema.parse(JSON.parse(ref));
  const drawn = await draw(to.language, reply, desk.ctx);
  const { text, entities } = layOut(drawn, TEXT_MOST);
  const markup = keyboardOf(drawn.buttons);
  await edit(() =>
    desk.api.editMessageText(chat, message, text, { entities, ...(markup && { reply_markup: markup }) }),
  );
}

/** Takes the message of this name away, if the person was shown one. */
export async function retireMessage(desk: Desk, identityId: IdentityId, name: string): Promise<void> {
  const ref = await retireScreen(desk.ctx, { identityId, name });
  if (ref) await takeAway(desk, ref);
}

/** Messages older than two days cannot be deleted; they lose their buttons at least. */
async function takeAway(desk: Desk, ref: string): Promise<void> {
  const { chat, message } = refSchema.parse(JSON.parse(ref));
  try {
    await desk.api.deleteMessage(chat, message);
  } catch (error) {
    ignoreFault(error);
    await desk.api.editMessageReplyMarkup(chat, message).catch(ignoreFault);
  }
}

function ignoreFault(error: unknown): void {
  if (!faultOf(error)) throw error;
}
