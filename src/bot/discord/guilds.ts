import { DiscordAPIError, PermissionFlagsBits, PermissionsBitField, REST, Routes } from 'discord.js';
import { z } from 'zod';
import { seconds } from '../../core/clock.ts';
import type { Away, Dealt, Guild, Guilds, RoleDeal } from '../../core/rental/guild.ts';
import { discordCode, retryAfterMs } from './fault.ts';
import { restOptionsOf } from './rest.ts';

/** Whoever has one of these rules over a server or over other members. */
const POWERS = [
  PermissionFlagsBits.Administrator,
  PermissionFlagsBits.ManageGuild,
  PermissionFlagsBits.ManageRoles,
  PermissionFlagsBits.ManageChannels,
  PermissionFlagsBits.ManageWebhooks,
  PermissionFlagsBits.ManageGuildExpressions,
  PermissionFlagsBits.ManageMessages,
  PermissionFlagsBits.ManageThreads,
  PermissionFlagsBits.ManageNicknames,
  PermissionFlagsBits.ManageEvents,
  PermissionFlagsBits.ViewAuditLog,
  PermissionFlagsBits.KickMembers,
  PermissionFlagsBits.BanMembers,
  PermissionFlagsBits.ModerateMembers,
  PermissionFlagsBits.MuteMembers,
  PermissionFlagsBits.DeafenMembers,
  PermissionFlagsBits.MoveMembers,
  PermissionFlagsBits.MentionEveryone,
];

const meShape = z.object({ id: z.string() });
const memberShape = z.object({ roles: z.array(z.string()) });
const guildShape = z.object({
  name: z.string(),
  roles: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      position: z.number(),
      managed: z.boolean(),
      permissions: z.string().regex(/^\d{1,40}$/),
    }),
  ),
});

/** Discord counts changes of roles by server, some ten in ten seconds: a job can wait for the next ten. */
const LONGEST_WAIT_MS = seconds(12);
const TIMEOUT_MS = seconds(8);

export interface DiscordGuilds extends Guilds {
  close(): void;
}

/**
 * Roles in Discord's servers, by REST alone: it needs the token and no connection to the gateway, so any instance can do
 * it, and no privileged intent.
 */
export function createGuilds(options: { token: string; apiRoot: string | null }): DiscordGuilds {
  const rest = new REST({ ...restOptionsOf(options.apiRoot, LONGEST_WAIT_MS), timeout: TIMEOUT_MS, retries: 1 });
  let me: string | undefined;

  /** `otherwise`: what Discord's numbers mean, and at 403 what it means that we may not, for whatever other reason. */
  const ask = async <T>(work: () => Promise<T>, otherwise: Readonly<Record<number, T>>): Promise<T | Away> => {
    rest.setToken(options.token); // discord.js forgets it after one refusal
    try {
      return await work();
    } catch (error) {
      const code = discordCode(error);
      const known = otherwise[code ?? 0] ?? (isForbidden(error) ? otherwise[403] : undefined);
      if (known !== undefined) return known;
      const waitMs = retryAfterMs(error);
      if (waitMs !== undefined) return { retryAfterMs: waitMs };
      throw error;
    }
  };

  const change = (deal: RoleDeal, method: 'put' | 'delete') =>
    ask<Dealt>(async () => {
      await rest[method](Routes.guildMemberRole(deal.guildId, deal.subject, deal.roleId), { reason: REASON[method] });
      return 'done';
    }, DEALT);

  return {
    giveRole: (deal) => change(deal, 'put'),
    takeRole: (deal) => change(deal, 'delete'),
    describe: (guildId) =>
      ask<Guild | 'not_there'>(async () => {
        me ??= meShape.parse(await rest.get(Routes.user())).id;
        const guild = guildShape.parse(await rest.get(Routes.guild(guildId)));
        const { roles } = memberShape.parse(await rest.get(Routes.guildMember(guildId, me)));
        return guildOf(guildId, guild, roles);
      }, NOT_THERE),
    close() {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    },
  };
}

/** What the server's own audit log says of it. */
const REASON = { put: 'The plan of this member', delete: 'This member does not hold the plan any more' };

const isForbidden = (error: unknown) => error instanceof DiscordAPIError && error.status === 403;

/** No such server · we are not in it · we are not a member of it. */
const NOT_THERE: Record<number, 'not_there'> = { 10004: 'not_there', 50001: 'not_there', 10007: 'not_there' };

const DEALT: Record<number, Dealt> = {
  10004: 'not_there',
  50001: 'not_there',
  10007: 'not_a_member',
  10013: 'not_a_member', // nobody has this number, or not any more
  10011: 'missing',
  50013: 'refused', // missing permissions, or the order of roles
  60003: 'refused', // the server asks for two-factor authentication
};

type RawGuild = z.infer<typeof guildShape>;

/** The role that everybody has bears the server's own number; what it allows holds for us too. */
function guildOf(guildId: string, { name, roles }: RawGuild, ours: readonly string[]): Guild {
  const mine = roles.filter(({ id }) => id === guildId || ours.includes(id));
  const may = new PermissionsBitField(mine.reduce((bits, { permissions }) => bits | BigInt(permissions), 0n));
  return {
    name,
    mayManageRoles: may.has(PermissionFlagsBits.ManageRoles),
    topPosition: Math.max(0, ...mine.map(({ position }) => position)),
    roles: roles.map((role) => ({
      id: role.id,
      name: role.name,
      position: role.position,
      isEveryone: role.id === guildId,
      managed: role.managed,
      hasPowers: new PermissionsBitField(BigInt(role.permissions)).any(POWERS),
    })),
  };
}
