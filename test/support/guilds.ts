import type { Dealt, Guild, Guilds, RoleDeal, ServerRole } from '../../src/core/rental/guild.ts';

/** A chat with servers, in memory: what core gives and takes is seen at once, and a test may change everything. */
export interface MemoryGuilds extends Guilds {
  servers: Map<string, MemoryServer>;
  /** `give 1 discord-1 2`: every call, also one that was refused. */
  calls: string[];
  /** Called before each change is carried out; what it answers, if anything, is the answer. */
  before: (does: 'give' | 'take', deal: RoleDeal) => Promise<Dealt | undefined> | Dealt | undefined;
  /** Called after a change was carried out and before it is answered. */
  after: () => Promise<void> | void;
  addServer(id: string): MemoryServer;
  /** Who has what: `server member role`, sorted. */
  held(): string[];
}

export interface MemoryServer extends Guild {
  id: string;
  roles: ServerRole[];
  members: Map<string, Set<string>>;
  isThere: boolean;
  join(subject: string): void;
  leave(subject: string): void;
  addRole(id: string, about?: Partial<ServerRole>): ServerRole;
}

export function memoryGuilds(): MemoryGuilds {
  const servers = new Map<string, MemoryServer>();
  const calls: string[] = [];
  const change = async (does: 'give' | 'take', deal: RoleDeal): Promise<Dealt> => {
    calls.push(`${does} ${deal.guildId} ${deal.subject} ${deal.roleId}`);
    const early = await guilds.before(does, deal);
    if (early !== undefined) return early;
    const server = servers.get(deal.guildId);
    if (!server?.isThere) return 'not_there';
    const member = server.members.get(deal.subject);
    if (!member) return 'not_a_member';
    const role = server.roles.find(({ id }) => id === deal.roleId);
    if (!role) return 'missing';
    if (!server.mayManageRoles || role.position >= server.topPosition) return 'refused';
    if (does === 'give') member.add(deal.roleId);
    else member.delete(deal.roleId);
    await guilds.after();
    return 'done';
  };
  const guilds: MemoryGuilds = {
    servers,
    calls,
    before: () => undefined,
    after: () => {},
    async describe(guildId) {
      calls.push(`describe ${guildId}`);
      const server = servers.get(guildId);
      return server?.isThere ? server : 'not_there';
    },
    giveRole: (deal) => change('give', deal),
    takeRole: (deal) => change('take', deal),
    addServer(id) {
      const server = newServer(id);
      servers.set(id, server);
      return server;
    },
    held: () =>
      [...servers.values()]
        .flatMap(({ id, members }) =>
          [...members].flatMap(([subject, roles]) => [...roles].map((role) => `${id} ${subject} ${role}`)),
        )
        .sort(),
  };
  return guilds;
}

function newServer(id: string): MemoryServer {
  const members = new Map<string, Set<string>>();
  const server: MemoryServer = {
    id,
    name: `Server ${id}`,
    isThere: true,
    mayManageRoles: true,
    topPosition: 50,
    members,
    roles: [{ id, name: '@everyone', position: 0, isEveryone: true, managed: false, hasPowers: false }],
    join: (subject) => void members.set(subject, members.get(subject) ?? new Set()),
    leave: (subject) => void members.delete(subject), // and every role with them
    addRole(roleId, about = {}) {
      const role = {
        id: roleId,
        name: `role ${roleId}`,
        position: 1,
        isEveryone: false,
        managed: false,
        hasPowers: false,
      };
      const made = { ...role, ...about };
      server.roles.push(made);
      return made;
    },
  };
  return server;
}
