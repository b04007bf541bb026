import {
  addMessage,
  callback,
  checkMessage,
  DiscordNo,
  edit,
  type FakeInteraction,
  type FakeMessage,
  followUp,
  type Json,
  type Sent,
  snowflake,
  toApi,
} from './discordChats.ts';
import { dmOf, type Stage } from './discordPeople.ts';
import { commandMistakes } from './discordRules.ts';
import { answerServer, type FakeServer } from './discordServer.ts';

/** One request to the API: its path in parts, without `/api/v10`. */
export interface Asked {
  method: string;
  path: string[];
  sent: Sent;
  authorization: string | undefined;
}

export interface Api {
  stage: Stage;
  token: string;
  bot: Json;
  servers: readonly FakeServer[];
  gatewayUrl: string;
  commands: { guild: Json[]; global: Json[] };
  closedDms: ReadonlySet<string>;
  knows(personId: string): boolean;
}

const SESSIONS = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 };

/** Discord's REST half. Answers what Discord would; undefined is "no content". Throws `DiscordNo`. */
export function answerRequest(api: Api, asked: Asked): unknown {
  const { method, sent } = asked;
  const [kind, id = '', more = '', last] = asked.path;
  if (kind === 'interactions') return answerInteraction(api.stage, id, more, sent);
  if (kind === 'webhooks') return byToken(api.stage, method, more, asked.path[4], sent);
  if (asked.authorization !== `Bot ${api.token}`) throw new DiscordNo(401, 0, '401: Unauthorized');
  if (kind === 'gateway') return { url: api.gatewayUrl, shards: 1, session_start_limit: SESSIONS };
  if (kind === 'users' && method === 'GET') return api.bot;
  if (kind === 'users') return openDm(api, String(sent.body.recipient_id));
  if (kind === 'applications') return registry(api.commands, method, more === 'guilds' ? 'guild' : 'global', sent.body);
  if (kind === 'guilds') return answerServer(api.servers, String(api.bot.id), method, asked.path);
  if (kind === 'channels') return inChannel(api, method, id, last ?? '', sent);
  throw new DiscordNo(404, 0, '404: Not Found');
}

function registry(commands: Api['commands'], method: string, place: 'guild' | 'global', body: unknown): Json[] {
  if (method !== 'PUT') return commands[place];
  const wanted = body as Json[];
  const mistakes = commandMistakes(wanted, place);
  if (mistakes.length > 0) throw new DiscordNo(400, 50_035, `Invalid Form Body\n${mistakes.join('\n')}`);
  commands[place] = wanted
    .map((command) => ({ ...command, id: snowflake(), version: snowflake(), nsfw: false }))
    .reverse();
  return commands[place];
}

function answerInteraction(stage: Stage, id: string, token: string, { body, files }: Sent): Json {
  const interaction = stage.interactions.get(token);
  if (!interaction || interaction.id !== id) throw new DiscordNo(404, 10_062, 'Unknown interaction');
  const message = callback(interaction, Number(body.type), { body: (body.data ?? {}) as Json, files });
  return {
    interaction: { id, type: 2 },
    resource: { type: body.type, ...(message ? { message: toApi(message) } : {}) },
  };
}

function byToken(
  stage: Stage,
  method: string,
  token: string,
  messageId: string | undefined,
  sent: Sent,
): Json | undefined {
  const interaction = stage.interactions.get(token);
  if (!interaction) throw new DiscordNo(404, 10_015, 'Unknown Webhook');
  if (interaction.expired) throw new DiscordNo(401, 50_027, 'Invalid Webhook Token');
  if (messageId === undefined) return toApi(followUp(interaction, sent));
  const message = messageOf(interaction, messageId);
  if (method === 'PATCH') edit(interaction, message, sent);
  if (method !== 'DELETE') return toApi(message);
  message.deleted = true;
  return undefined;
}

function messageOf(interaction: FakeInteraction, id: string): FakeMessage {
  const found = id === '@original' ? interaction.original : interaction.channel.messages.find((m) => m.id === id);
  if (!found || found.deleted) throw new DiscordNo(404, 10_008, 'Unknown Message');
  return found;
}

function openDm(api: Api, personId: string): Json {
  if (!api.knows(personId)) throw new DiscordNo(404, 10_013, 'Unknown User');
  const user = { id: personId, username: personId, discriminator: '0', global_name: null, avatar: null };
  return { id: dmOf(api.stage, personId).id, type: 1, recipients: [user], last_message_id: null };
}

function inChannel(api: Api, method: string, channelId: string, messageId: string, sent: Sent): Json | undefined {
  const { stage, closedDms } = api;
  const channel = [stage.server, ...stage.dms.values()].find((c) => c.id === channelId);
  if (!channel) throw new DiscordNo(404, 10_003, 'Unknown Channel');
  if (method === 'POST') {
    if (channel.dmOf && closedDms.has(channel.dmOf))
      throw new DiscordNo(403, 50_007, 'Cannot send messages to this user');
    checkMessage(sent, { mayBeEmpty: false });
    const { nonce, enforce_nonce } = sent.body;
    const twin = enforce_nonce ? channel.messages.find((m) => m.author === 'bot' && m.body.nonce === nonce) : undefined;
    return toApi(twin ?? addMessage(channel, 'bot', sent));
  }
  // What one person alone was shown cannot be reached through the channel.
  const message = channel.messages.find((m) => m.id === messageId && !m.deleted && !m.only);
  if (!message) throw new DiscordNo(404, 10_008, 'Unknown Message');
  if (method !== 'DELETE') return toApi(message);
  message.deleted = true;
  return undefined;
}
