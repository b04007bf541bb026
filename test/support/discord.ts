import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, answerRequest } from './discordApi.ts';
import { DiscordNo, type FakeMessage, type Json, type Sent, snowflake } from './discordChats.ts';
import { createGateway, type FakeGateway } from './discordGateway.ts';
import { createPerson, dmOf, type Person, type Stage, type Where } from './discordPeople.ts';
import { createServer, type FakeServer } from './discordServer.ts';

/** What goes wrong with a request: Discord says no, is slow, or hangs up. */
export type Trouble =
  | { status: number; code?: number; headers?: Record<string, string> }
  | { slowMs: number }
  | { hangUp: true };

export interface FakeDiscord {
  apiRoot: string;
  token: string;
  guildId: string;
  /** The roles and members of the server that people write in. */
  guild: FakeServer;
  /** Another server, with the bot in it. */
  addServer(name?: string): FakeServer;
  gateway: FakeGateway;
  /** `POST /channels/1/messages`, in the order of their coming. */
  requests: string[];
  closedDms: Set<string>;
  /** `permissions`: what this person may do in the server. */
  person(id: string, about?: { name?: string; locale?: string; permissions?: bigint }): Person;
  registered(where: Where): Json[];
  server: FakeMessage[];
  dm(personId: string): FakeMessage[];
  /** The next `times` requests that look like this go wrong. */
  trouble(like: RegExp, how: Trouble, times?: number): void;
  stop(): Promise<void>;
}

export const DISCORD_TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.secret-secret-secret-secret-secret';

/** A Discord of our own on loopback: REST and gateway, with Discord's limits and Discord's refusals. */
export async function startDiscord(options: { token?: string; deadAfterMs?: number } = {}): Promise<FakeDiscord> {
  const { token = DISCORD_TOKEN, deadAfterMs = 3000 } = options;
  const people = new Map<string, Person>();
  const closedDms = new Set<string>();
  const requests: string[] = [];
  const troubles: Sufferings = [];
  const commands: Api['commands'] = { guild: [], global: [] };
  const http = createHttp((request, response) => void serve(api, { requests, troubles }, request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo; // it listens on TCP
  const gatewayUrl = `ws://127.0.0.1:${port}`;
  const applicationId = snowflake();
  const bot = { id: applicationId, username: 'abtpro', discriminator: '0', global_name: null, avatar: null, bot: true };
  const stage: Stage = {
    applicationId,
    guildId: snowflake(),
    server: { id: snowflake(), dmOf: undefined, messages: [] },
    dms: new Map(),
    interactions: new Map(),
    registered: (where) => (where === 'dm' ? commands.global : [...commands.global, ...commands.guild]),
    dispatch: (type, data, intent) => gateway.dispatch(type, data, intent),
    rolesOf: () => [],
    deadAfterMs,
  };
  const application = { id: applicationId, flags: 0 };
  const guilds = [{ id: stage.guildId, unavailable: true }];
  const gateway = createGateway(http, {
    token,
    url: () => gatewayUrl,
    ready: () => ({ v: 10, user: bot, guilds, application }),
    guilds: () => [serverOf(stage)],
  });
  const guild = createServer(applicationId, {
    id: stage.guildId,
    tell: (role) => stage.dispatch('GUILD_ROLE_CREATE', { guild_id: stage.guildId, role }, GUILDS),
  });
  stage.rolesOf = (personId) => [...(guild.members.get(personId) ?? [])];
  const servers = [guild];
  const api: Api = { stage, token, bot, servers, gatewayUrl, commands, closedDms, knows: (id) => people.has(id) };
  return {
    apiRoot: `http://127.0.0.1:${port}/api`,
    token,
    guildId: stage.guildId,
    guild,
    addServer(name) {
      const server = createServer(applicationId, name === undefined ? {} : { name });
      servers.push(server);
      return server;
    },
    gateway,
    requests,
    closedDms,
    registered: stage.registered,
    server: stage.server.messages,
    dm: (personId) => dmOf(stage, personId).messages,
    person(id, { name = 'Somsri', locale = 'en-US', permissions = 0n } = {}) {
      const person = people.get(id) ?? createPerson(stage, id, { name, locale, permissions });
      people.set(id, person);
      return person;
    },
    trouble: (like, how, times = 1) => void troubles.push({ like, how, left: times }),
    async stop() {
      await gateway.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

const GUILDS = 1 << 0;

function serverOf({ guildId, server }: Stage): Json {
  const everyone = { id: guildId, name: '@everyone', permissions: '0', position: 0, color: 0, flags: 0 };
  return {
    ...{
      id: guildId,
      name: 'A server',
      unavailable: false,
      owner_id: '1',
      member_count: 2,
      large: false,
      features: [],
    },
    ...{ members: [], emojis: [], stickers: [], threads: [], voice_states: [], presences: [], stage_instances: [] },
    ...{ guild_scheduled_events: [], soundboard_sounds: [], preferred_locale: 'en-US', premium_tier: 0 },
    joined_at: '2026-01-01T00:00:00.000Z',
    roles: [{ ...everyone, hoist: false, managed: false, mentionable: false }],
    channels: [{ id: server.id, type: 0, name: 'general', position: 0 }],
  };
}

type Sufferings = { like: RegExp; how: Trouble; left: number }[];

async function serve(
  api: Api,
  watch: { requests: string[]; troubles: Sufferings },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const path = new URL(url, 'http://localhost').pathname.replace(/^\/api\/v10/, '');
  const line = `${method} ${path}`;
  watch.requests.push(line);
  try {
    const sent = await readBody(request);
    if (await suffer(watch.troubles, line, request)) return;
    const answer = answerRequest(api, {
      method,
      path: path.split('/').slice(1).map(decodeURIComponent),
      sent,
      authorization: headers.authorization,
    });
    if (answer === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  } catch (error) {
    if (!(error instanceof DiscordNo)) console.error(error); // a fault of this fake, not of who speaks to it
    const no = error instanceof DiscordNo ? error : new DiscordNo(500, 0, 'the fake broke');
    response.writeHead(no.status, { 'content-type': 'application/json', ...no.headers });
    response.end(JSON.stringify({ code: no.code, message: no.message }));
  }
}

/** True when there is nobody left to answer. */
async function suffer(troubles: Sufferings, line: string, request: IncomingMessage): Promise<boolean> {
  const trouble = troubles.find(({ like, left }) => left > 0 && like.test(line));
  if (!trouble) return false;
  trouble.left -= 1;
  const { how } = trouble;
  if ('status' in how) throw new DiscordNo(how.status, how.code ?? 0, 'as the test wished', how.headers);
  if ('hangUp' in how) request.socket.destroy();
  else await new Promise((resolve) => setTimeout(resolve, how.slowMs));
  return 'hangUp' in how;
}

async function readBody(request: IncomingMessage): Promise<Sent> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  const parse = (text: string) => JSON.parse(text) as Json;
  if (!type.startsWith('multipart/')) return { body: raw.length > 0 ? parse(String(raw)) : {}, files: [] };
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData();
  const parts = [...form.values()].filter((part) => part instanceof File);
  const files = await Promise.all(
    parts.map(async (part) => ({ name: part.name, type: part.type, content: Buffer.from(await part.arrayBuffer()) })),
  );
  return { body: parse(String(form.get('payload_json'))), files };
}
