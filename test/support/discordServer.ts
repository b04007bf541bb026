import { PermissionFlagsBits } from 'discord.js';
import { DiscordNo, type Json, snowflake } from './discordChats.ts';

export interface FakeRole {
  id: string;
  name: string;
  position: number;
  permissions: bigint;
  managed: boolean;
}

/** A server of the fake Discord with its roles and members. The bot is a member like others. */
export interface FakeServer {
  id: string;
  name: string;
  roles: FakeRole[];
  /** The roles of every member, by their number. */
  members: Map<string, Set<string>>;
  /** Every change of a role that was asked for and done: `put <member> <role>`. */
  changes: string[];
  /** The bot's own role; its place and its permissions may be changed. */
  botRole: FakeRole;
  addRole(about?: Partial<Omit<FakeRole, 'id'>>): FakeRole;
  join(personId: string): void;
  /** The names of a member's roles. */
  rolesOf(personId: string): string[];
  /** The server puts the bot out, or lets it in again with the role it had. */
  kick(): void;
  invite(): void;
}

/** `tell` hears of new roles, as the gateway does. */
export function createServer(
  botId: string,
  {
    id = snowflake(),
    name = 'A server',
    tell = () => {},
  }: { id?: string; name?: string; tell?: (role: Json) => void } = {},
): FakeServer {
  const everyone: FakeRole = { id, name: '@everyone', position: 0, permissions: 0n, managed: false };
  const botRole: FakeRole = {
    id: snowflake(),
    name: 'abtpro',
    position: 50,
    permissions: PermissionFlagsBits.ManageRoles,
    managed: true,
  };
  const server: FakeServer = {
    id,
    name,
    roles: [everyone, botRole],
    members: new Map(),
    changes: [],
    botRole,
    addRole(about = {}) {
      const role = { id: snowflake(), name: 'role', position: 1, permissions: 0n, managed: false, ...about };
      server.roles.push(role);
      tell(roleOf(role));
      return role;
    },
    join: (personId) => void server.members.set(personId, server.members.get(personId) ?? new Set()),
    rolesOf: (personId) =>
      [...(server.members.get(personId) ?? [])].map((role) => server.roles.find((r) => r.id === role)?.name ?? '?'),
    kick: () => void server.members.delete(botId),
    invite: () => void server.members.set(botId, new Set([botRole.id])),
  };
  server.invite();
  return server;
}

/** Discord's answers about servers: `/guilds/1`, `/guilds/1/members/2`, `/guilds/1/members/2/roles/3`. */
export function answerServer(servers: readonly FakeServer[], botId: string, method: string, path: string[]): unknown {
  const [, guildId, , personId, , roleId] = path;
  const server = servers.find(({ id }) => id === guildId);
  if (!server) throw new DiscordNo(404, 10_004, 'Unknown Guild');
  if (!server.members.has(botId)) throw new DiscordNo(403, 50_001, 'Missing Access');
  if (personId === undefined) return guildOf(server);
  const roles = server.members.get(personId);
  if (!roles) throw new DiscordNo(404, 10_007, 'Unknown Member');
  if (roleId === undefined) return { user: { id: personId }, roles: [...roles], deaf: false, mute: false };
  change(server, { method, personId, roleId, botId });
  return undefined;
}

function change(
  server: FakeServer,
  { method, personId, roleId, botId }: { method: string; personId: string; roleId: string; botId: string },
): void {
  const role = server.roles.find(({ id }) => id === roleId);
  if (!role) throw new DiscordNo(404, 10_011, 'Unknown Role');
  const ours = server.roles.filter(({ id }) => id === server.id || server.members.get(botId)?.has(id));
  const may = ours.some(
    ({ permissions }) => permissions & (PermissionFlagsBits.ManageRoles | PermissionFlagsBits.Administrator),
  );
  const top = Math.max(...ours.map(({ position }) => position));
  if (!may || role.position >= top || role.managed || role.id === server.id)
    throw new DiscordNo(403, 50_013, 'Missing Permissions');
  const roles = server.members.get(personId);
  if (method === 'PUT') roles?.add(roleId);
  else roles?.delete(roleId);
  server.changes.push(`${method.toLowerCase()} ${personId} ${roleId}`);
}

const guildOf = ({ id, name, roles }: FakeServer): Json => ({
  id,
  name,
  owner_id: '1',
  roles: roles.map(roleOf),
});

const roleOf = (role: FakeRole): Json => ({
  ...role,
  permissions: String(role.permissions),
  ...{ color: 0, hoist: false, mentionable: false, flags: 0 },
});
