import { messageMistakes, modalMistakes } from './discordRules.ts';

export type Json = Record<string, unknown>;

/** An answer of "no" as Discord gives it. */
export class DiscordNo extends Error {
  readonly status: number;
  readonly code: number;
  readonly headers: Record<string, string>;

  constructor(status: number, code: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export interface FakeFile {
  name: string;
  type: string;
  content: Buffer;
}

export interface FakeMessage {
  id: string;
  channel: FakeChannel;
  /** A person's id, or `bot`. */
  author: string;
  body: Json;
  files: FakeFile[];
  /** Shown to this person alone. */
  only: string | undefined;
  silent: boolean;
  deleted: boolean;
  edits: number;
}

export interface FakeChannel {
  id: string;
  /** The two in a direct chat; a server's channel is for everybody. */
  dmOf: string | undefined;
  messages: FakeMessage[];
}

export interface FakeInteraction {
  id: string;
  token: string;
  kind: 'command' | 'button' | 'modal' | 'typing';
  person: string;
  channel: FakeChannel;
  pressed: FakeMessage | undefined;
  state: 'open' | 'thinking' | 'updating' | 'answered' | 'form' | 'dead';
  /** What `@original` means. */
  original: FakeMessage | undefined;
  modal: Json | undefined;
  suggestions: Json[] | undefined;
  /** The last message that this interaction brought or changed. */
  shown: FakeMessage | undefined;
  thought: boolean;
  expired: boolean;
  settled: () => void;
}

export interface Sent {
  body: Json;
  files: FakeFile[];
}

const EPHEMERAL = 64;
const SILENT = 4096;
const DISCORD_EPOCH_MS = 1_420_070_400_000n;
let lastId = 0n;

/** Ids like Discord's, each larger than the one before. */
export function snowflake(): string {
  const id = (BigInt(Date.now()) - DISCORD_EPOCH_MS) << 22n;
  lastId = id > lastId ? id : lastId + 1n;
  return String(lastId);
}

export function addMessage(channel: FakeChannel, author: string, sent: Sent, only?: string): FakeMessage {
  const { body, files } = sent;
  const silent = (Number(body.flags ?? 0) & SILENT) !== 0;
  const message = { id: snowflake(), channel, author, body, files, only, silent, deleted: false, edits: 0 };
  channel.messages.push(message);
  return message;
}

/** A bot's message as the API shows it. */
export function toApi(message: FakeMessage): Json {
  const { body } = message;
  return {
    id: message.id,
    channel_id: message.channel.id,
    type: 0,
    author: { id: message.author, username: 'abtpro', discriminator: '0', bot: true, global_name: null, avatar: null },
    content: body.content ?? '',
    embeds: body.embeds ?? [],
    components: body.components ?? [],
    attachments: message.files.map((file, i) => ({
      id: String(i),
      filename: file.name,
      size: file.content.length,
      url: '',
      proxy_url: '',
    })),
    flags: message.only ? EPHEMERAL : 0,
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    tts: false,
    pinned: false,
  };
}

export function checkMessage({ body, files }: Sent, how: { mayBeEmpty: boolean }): void {
  const names = files.map((file) => file.name);
  const mistakes = messageMistakes(body, names);
  if (mistakes.length > 0) throw new DiscordNo(400, 50_035, `Invalid Form Body\n${mistakes.join('\n')}`);
  const has = (value: unknown) => Array.isArray(value) && value.length > 0;
  const empty = !body.content && !has(body.embeds) && !has(body.components) && files.length === 0;
  if (empty && !how.mayBeEmpty) throw new DiscordNo(400, 50_006, 'Cannot send an empty message');
}

/** The first answer to an interaction. */
export function callback(interaction: FakeInteraction, type: number, sent: Sent): FakeMessage | undefined {
  if (interaction.state === 'dead') throw new DiscordNo(404, 10_062, 'Unknown interaction');
  if (interaction.state !== 'open') throw new DiscordNo(400, 40_060, 'Interaction has already been acknowledged.');
  const only = Number(sent.body.flags ?? 0) & EPHEMERAL ? interaction.person : undefined;
  if (type === 4) {
    checkMessage(sent, { mayBeEmpty: false });
    interaction.original = addMessage(interaction.channel, 'bot', sent, only);
    finish(interaction, interaction.original);
  } else if (type === 5) {
    interaction.original = addMessage(interaction.channel, 'bot', { body: { content: '…thinking…' }, files: [] }, only);
    Object.assign(interaction, { state: 'thinking', thought: true });
  } else if (type === 6 && interaction.pressed) {
    interaction.original = interaction.pressed;
    Object.assign(interaction, { state: 'updating', thought: true });
  } else if (type === 7 && interaction.pressed) {
    interaction.original = interaction.pressed;
    edit(interaction, interaction.pressed, sent);
  } else if (type === 8 && interaction.kind === 'typing') {
    interaction.suggestions = (sent.body.choices ?? []) as Json[];
    finish(interaction);
  } else if (type === 9 && (interaction.kind === 'command' || interaction.kind === 'button')) {
    const mistakes = modalMistakes(sent.body);
    if (mistakes.length > 0) throw new DiscordNo(400, 50_035, `Invalid Form Body\n${mistakes.join('\n')}`);
    Object.assign(interaction, { state: 'form', modal: sent.body });
    interaction.settled();
  } else {
    throw new DiscordNo(400, 50_035, `Invalid Form Body\ntype: ${type} is not an answer to this`);
  }
  return interaction.shown;
}

function finish(interaction: FakeInteraction, shown?: FakeMessage): void {
  Object.assign(interaction, { state: 'answered', shown });
  interaction.settled();
}

/** Changes a message by an interaction's token. What was not given stays; files stay unless `attachments` is given. */
export function edit(interaction: FakeInteraction, message: FakeMessage, sent: Sent): void {
  if (message.deleted) throw new DiscordNo(404, 10_008, 'Unknown Message');
  checkMessage(sent, { mayBeEmpty: true });
  const { flags: _cannotChange, ...body } = sent.body;
  message.body = { ...message.body, ...body };
  message.files = body.attachments === undefined ? [...message.files, ...sent.files] : sent.files;
  message.edits += 1;
  finish(interaction, message);
}

/** A further message. After "thinking" the first one fills the place that was kept, as Discord does. */
export function followUp(interaction: FakeInteraction, sent: Sent): FakeMessage {
  if (interaction.state === 'open' || interaction.state === 'dead') throw new DiscordNo(404, 10_015, 'Unknown Webhook');
  if (interaction.state === 'thinking' && interaction.original) {
    edit(interaction, interaction.original, sent);
    return interaction.original;
  }
  checkMessage(sent, { mayBeEmpty: false });
  const only = Number(sent.body.flags ?? 0) & EPHEMERAL ? interaction.person : undefined;
  const message = addMessage(interaction.channel, 'bot', sent, only);
  finish(interaction, message);
  return message;
}

/** Everything that can be read in a message, for tests to look into. */
export function textOf({ body }: FakeMessage): string {
  const embeds = (body.embeds ?? []) as Json[];
  const parts = embeds.flatMap((embed) => {
    const fields = ((embed.fields ?? []) as Json[]).map((field) => `${field.name}: ${field.value}`);
    return [embed.title, embed.description, ...fields];
  });
  return [body.content, ...parts].filter(Boolean).join('\n');
}

export interface FakeButton {
  label: string;
  custom_id: string;
  style: number;
}

export function buttonsOf({ body }: FakeMessage): FakeButton[] {
  const rows = (body.components ?? []) as { components: FakeButton[] }[];
  return rows.flatMap((row) => row.components);
}
