import { fail, type RefusalCode } from '../error.ts';

/** A role of a server, as far as it matters whether we may give it. */
export interface ServerRole {
  id: string;
  name: string;
  /** The higher, the more it stands above. */
  position: number;
  /** The one that every member has. */
  isEveryone: boolean;
  /** Kept by another program or by boosts: nobody gives it by hand. */
  managed: boolean;
  /** Lets whoever has it rule over the server or over its members. */
  hasPowers: boolean;
}

/** A server (a guild, as Discord's interface calls it) with its roles and with what we may do there. */
export interface Guild {
  name: string;
  roles: readonly ServerRole[];
  mayManageRoles: boolean;
  /** Where our own highest role stands: only what is below it is ours to give and to take. */
  topPosition: number;
}

/** The chat is busy or cannot be reached. */
export interface Away {
  retryAfterMs: number;
}

/** One role of one member, who is named as the chat names them. */
export interface RoleDeal {
  guildId: string;
  subject: string;
  roleId: string;
}

/** What became of giving or taking a role. To give what is there already, and to take what is not, is `done`. */
export type Dealt = 'done' | 'not_a_member' | 'missing' | 'not_there' | 'refused' | Away;

/** What rental needs of a chat with servers. Every call ends by itself within half a minute. */
export interface Guilds {
  /** `not_there`: we are not in that server, or there is none. */
  describe(guildId: string): Promise<Guild | 'not_there' | Away>;
  giveRole(deal: RoleDeal): Promise<Dealt>;
  takeRole(deal: RoleDeal): Promise<Dealt>;
}

/** Why a role cannot be given, as the server stands; `refused` where the server says no without our seeing why. */
export const roleFaults = [
  'not_there',
  'no_permission',
  'missing',
  'everyone',
  'managed',
  'powerful',
  'too_high',
  'refused',
] as const;
export type RoleFault = (typeof roleFaults)[number];
type SeenFault = Exclude<RoleFault, 'refused'>;

/** What stands against giving a role. One that gives power over others is never given, whoever asks for it. */
export function faultOf(guild: Guild, roleId: string): SeenFault | undefined {
  const role = guild.roles.find(({ id }) => id === roleId);
  if (!role) return 'missing';
  if (role.isEveryone) return 'everyone';
  if (role.managed) return 'managed';
  if (role.hasPowers) return 'powerful';
  return reachFault(guild, role);
}

/** What stands against taking a role back: one that got powers meanwhile may be taken like any other. */
export function takingFaultOf(guild: Guild, roleId: string): SeenFault | undefined {
  const role = guild.roles.find(({ id }) => id === roleId);
  return role ? reachFault(guild, role) : 'missing';
}

function reachFault(guild: Guild, role: ServerRole): SeenFault | undefined {
  if (!guild.mayManageRoles) return 'no_permission';
  return role.position >= guild.topPosition ? 'too_high' : undefined;
}

const refusals: Record<SeenFault, RefusalCode> = {
  not_there: 'guild.not_there',
  no_permission: 'guild.no_permission',
  missing: 'guild.role_missing',
  everyone: 'guild.role_everyone',
  managed: 'guild.role_managed',
  powerful: 'guild.role_powerful',
  too_high: 'guild.role_too_high',
};

export const isAway = (answer: unknown): answer is Away =>
  typeof answer === 'object' && answer !== null && 'retryAfterMs' in answer;

/** A server as it is now; refuses `guild.not_there` and, while the chat cannot be asked, `guild.away`. */
export async function lookAt(guilds: Guilds | undefined, guildId: string): Promise<Guild> {
  const guild = (await guilds?.describe(guildId)) ?? fail('guild.away');
  if (guild === 'not_there') fail('guild.not_there');
  return isAway(guild) ? fail('guild.away') : guild;
}

/** A role that we may give in this server; refuses any other in words that its administrators can act on. */
export function requireGivable(guild: Guild, roleId: string): ServerRole {
  const role = guild.roles.find(({ id }) => id === roleId);
  const fault = faultOf(guild, roleId);
  if (fault) fail(refusals[fault], { role: role?.name ?? '?' });
  return role ?? fail('guild.role_missing');
}
