import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  InteractionContextType,
  MessageFlags,
  type ModalSubmitInteraction,
  type REST,
} from 'discord.js';
import { findCommand } from '../answer.ts';
import type { BotContext, Incoming } from '../command.ts';
import { type Drawn, draw, readButton } from '../draw.ts';
import type { Reply } from '../reply.ts';
import { claimEvent } from './claim.ts';
import { discordCode, faultOf, isGone } from './fault.ts';
import { modalOf, readFields, readFormId } from './form.ts';
import { type Layout, layOut, layOutToast } from './layout.ts';
import { prepare, type Ready, unexpected } from './prepare.ts';
import { MANAGES_SERVER } from './register.ts';
import { keepScreens, type Shown, tokenEnd } from './screen.ts';

type Answerable = ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction;

/**
 * Discord drops an interaction that is not answered within three seconds, and it takes a form only as the very first
 * answer. So we wait half of that time for the real answer, and only then say "thinking"; a form that comes later is
 * a message with a button that opens it.
 */
const THINKING_AFTER_MS = 1500;

export const isForUs = (interaction: Interaction): interaction is Answerable =>
  interaction.isChatInputCommand() || interaction.isButton() || interaction.isModalSubmit();

/** Answers one interaction. Never throws; an answer that comes too late is logged. */
export async function answerInteraction(ctx: BotContext, rest: REST, interaction: Answerable): Promise<void> {
  const turn: Turn = { ctx, interaction, ...placeOf(interaction) };
  try {
    const preparing = prepareOnce(ctx, interaction);
    const early = await withinTime(preparing, THINKING_AFTER_MS);
    const [ready] = early ? [early] : await Promise.all([preparing, think(turn)]);
    if (ready === 'theirs') return;
    const shown = await showOr(turn, ready);
    if (ready.kind === 'form') return;
    await keepScreens(ctx, rest, { identityId: ready.identityId, reply: ready.reply, shown });
  } catch (error) {
    const fault = faultOf(error);
    const what = { fault, kind: interaction.type, waitedMs: Date.now() - interaction.createdTimestamp };
    if (isGone(error)) ctx.log.warn(what, 'a Discord interaction was gone before its answer came');
    else ctx.log.error(what, 'a Discord interaction could not be answered');
  }
}

async function prepareOnce(ctx: BotContext, interaction: Answerable): Promise<Ready | 'theirs'> {
  return (await claimEvent(ctx, interaction.id)) ? prepare(ctx, incomingOf(interaction)) : 'theirs';
}

async function withinTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const stop = new AbortController();
  const late = sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

function incomingOf(interaction: Answerable): Incoming {
  const { user } = interaction;
  return {
    key: `discord:${interaction.id}`,
    login: {
      provider: 'discord',
      subject: user.id,
      displayName: user.globalName ?? user.username,
      languageHint: interaction.locale,
    },
    place: 'private', // in servers our answers are for that person's eyes alone
    server: serverOf(interaction),
    forms: true,
    what: readInteraction(interaction),
  };
}

/** Discord says with every interaction in a server what this person may do there and which roles they have. */
function serverOf(interaction: Answerable): Incoming['server'] {
  const { guildId, member, memberPermissions } = interaction;
  if (guildId === null || member === null) return undefined;
  const roles = Array.isArray(member.roles) ? member.roles : [...member.roles.cache.keys()];
  return { id: guildId, manages: memberPermissions?.has(MANAGES_SERVER) ?? false, roles };
}

function readInteraction(interaction: Answerable): Incoming['what'] {
  if (interaction.isChatInputCommand()) {
    const given = interaction.options.data.flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    return { kind: 'options', name: interaction.commandName, options: Object.fromEntries(given) };
  }
  const form = readFormId(interaction.customId);
  if (interaction.isButton())
    return form ? { kind: 'form', ...form } : { kind: 'button', ...readButton(interaction.customId) };
  if (!form) return { kind: 'button', does: '', on: undefined }; // a form of an older version of ours: stale
  return { kind: 'form', command: form.command, args: { ...form.args, ...readFields(interaction) } };
}

/** One interaction on its way to an answer. */
interface Turn {
  ctx: BotContext;
  interaction: Answerable;
  /** Nobody else is in this chat. */
  alone: boolean;
  /** The message that a press or a form came from, when only this person sees it: words may take its place. */
  pressed: string | undefined;
}

function placeOf(interaction: Answerable): Pick<Turn, 'alone' | 'pressed'> {
  const alone = interaction.context === InteractionContextType.BotDM;
  const message = interaction.isChatInputCommand() ? null : interaction.message;
  const mine = message && (alone || message.flags.has(MessageFlags.Ephemeral));
  return { alone, pressed: mine ? message.id : undefined };
}

/** Tells Discord that an answer is coming. In a server even this is for the person alone. */
async function think({ interaction, alone, pressed }: Turn): Promise<void> {
  if (pressed && !interaction.isChatInputCommand()) await deferUpdate(interaction);
  else await interaction.deferReply(alone ? {} : { flags: MessageFlags.Ephemeral });
}

async function deferUpdate(interaction: ButtonInteraction | ModalSubmitInteraction): Promise<void> {
  if (interaction.isButton()) await interaction.deferUpdate();
  else if (interaction.isFromMessage()) await interaction.deferUpdate();
}

/** Shows an answer; one that Discord finds malformed is a bug of ours, and the person gets a reference to it. */
async function showOr(turn: Turn, ready: Ready): Promise<Shown | undefined> {
  try {
    return await show(turn, ready);
  } catch (error) {
    if (discordCode(error) !== INVALID_FORM_BODY) throw error;
    const drawn = await draw(
      turn.interaction.locale.startsWith('th') ? 'th' : 'en',
      unexpected(turn.ctx, error),
      turn.ctx,
    );
    return say(turn, layOut(drawn), false);
  }
}

const INVALID_FORM_BODY = 50_035;
const UNKNOWN_MESSAGE = 10_008;

async function show(turn: Turn, ready: Ready): Promise<Shown | undefined> {
  const { interaction } = turn;
  if (ready.kind === 'form') {
    if (interaction.deferred || interaction.isModalSubmit()) return say(turn, layOut(ready.opener), false);
    await interaction.showModal(modalOf(ready.form, ready.id));
    return undefined;
  }
  const { reply, drawn } = ready;
  const toast = drawn.toast ? layOutToast(drawn.toast) : undefined;
  if (toast && isBare(drawn)) {
    await whisper(turn, toast);
    return undefined;
  }
  const layout = layOut(drawn);
  const shown =
    turn.pressed && isWords(reply)
      ? await replace(turn, turn.pressed, layout)
      : await say(turn, layout, isPublic(turn, reply));
  if (toast) await whisper(turn, toast);
  return shown;
}

const isBare = (drawn: Drawn) =>
  !drawn.title && !drawn.picture && !drawn.file && drawn.lines.length + drawn.facts.length + drawn.buttons.length === 0;

const isWords = (reply: Reply) => !reply.fresh && !reply.image && !reply.file;

/** Only a command that anybody may read, asked for in a server, and without anything personal in its answer. */
function isPublic({ interaction, alone }: Turn, reply: Reply): boolean {
  if (alone || reply.sensitive || !interaction.isChatInputCommand()) return false;
  return interaction.inGuild() && findCommand(interaction.commandName)?.audience === 'anyone';
}

/** Puts words in the place of the message that was pressed. If that is gone, they are a message of their own. */
async function replace(turn: Turn, pressed: string, layout: Layout): Promise<Shown> {
  const { interaction } = turn;
  const body = { ...layout, attachments: [] };
  try {
    if (interaction.deferred) await interaction.editReply(body);
    else if (interaction.isButton()) await interaction.update(body);
    else if (interaction.isModalSubmit() && interaction.isFromMessage()) await interaction.update(body);
    return placeOfShown(turn, pressed, true);
  } catch (error) {
    if (discordCode(error) !== UNKNOWN_MESSAGE) throw error;
    return say(turn, { ...layout, files: [...layout.files] }, false);
  }
}

/** A message of its own. After "thinking" it takes the place of that, unless the thinking was about a pressed message. */
async function say(turn: Turn, layout: Layout, toAll: boolean): Promise<Shown> {
  const { interaction, alone, pressed } = turn;
  const flags = alone || toAll ? {} : { flags: MessageFlags.Ephemeral as const };
  if (interaction.deferred && !pressed)
    return placeOfShown(turn, (await interaction.editReply({ ...layout })).id, true);
  if (interaction.deferred) return placeOfShown(turn, (await interaction.followUp({ ...layout, ...flags })).id, false);
  const { resource } = await interaction.reply({ ...layout, ...flags, withResponse: true });
  return placeOfShown(turn, resource?.message?.id ?? '', true);
}

/** A passing word, for this person alone and in a direct chat too. */
async function whisper(turn: Turn, layout: Layout): Promise<void> {
  const { interaction, pressed } = turn;
  const body = { ...layout, flags: MessageFlags.Ephemeral as const };
  if (interaction.deferred && !interaction.replied && !pressed) await interaction.editReply({ ...layout });
  else if (interaction.deferred || interaction.replied) await interaction.followUp(body);
  else await interaction.reply(body);
}

function placeOfShown({ ctx, interaction, alone }: Turn, message: string, original: boolean): Shown {
  if (alone && interaction.channelId) return { in: 'channel', channel: interaction.channelId, message };
  const { applicationId: application, token } = interaction;
  return { in: 'interaction', application, token, message, original, until: tokenEnd(ctx) };
}
