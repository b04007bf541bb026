import { fail } from '../../core/error.ts';
import {
  clearGuildRole,
  type PlanRole,
  readGuildRoles,
  type Server,
  setGuildRole,
} from '../../core/rental/guildRole.ts';
import { type Plan, planNamed } from '../../core/rental/held.ts';
import { type CommandContext, command } from '../command.ts';
import { opaque, optional, serverRole, word } from '../fields.ts';
import type { Button, Reply, Say } from '../reply.ts';
import { planNames } from './plans.ts';

/** What a chat can show of plans, a button each. */
const MOST_BUTTONS = 20;

/** `answer` lets nobody in without one. */
const serverOf = (ctx: CommandContext): Server => ctx.server ?? fail('command.servers_only', { name: 'roles' });

const show: Button = { say: ['button.roles'], does: 'roles' };

export const roles = command({
  name: 'roles',
  audience: 'server_admin',
  args: {
    plan: optional(word({ name: 'plan', label: ['field.roles_plan'], hint: ['field.roles_plan_hint'] })),
    roleId: optional(serverRole({ name: 'role', label: ['field.roles_role'], hint: ['field.roles_role_hint'] })),
  },
  async run(ctx, { plan, roleId }): Promise<Reply> {
    const server = serverOf(ctx);
    const { guild, plans, set } = await readGuildRoles(ctx, { server });
    if (plan === undefined)
      return roleId === undefined ? overview(guild.name, set) : whichPlan(plans, roleId, guild.roles);
    const named = planNamed(plans, plan);
    if (!named)
      fail('argument.unknown', { text: plan.slice(0, 40), choices: plans.map(({ code }) => code).join(', ') });
    if (roleId !== undefined) return setReply(ctx, named.id, roleId);
    return overview(
      guild.name,
      set.filter((one) => one.plan.id === named.id),
    );
  },
});

function overview(name: string, set: readonly PlanRole[]): Reply {
  const faults = set.flatMap(({ role, fault }): Say[] =>
    fault ? [['roles.fault', { role: role?.name ?? '–', fault }]] : [],
  );
  return {
    title: ['roles.title', { name }],
    say: [[set.length > 0 ? 'roles.intro' : 'roles.none'], ...faults, ['roles.how']],
    facts: set.map(({ plan, role }) => ({
      label: ['plans.name', planNames(plan)] as const,
      value: role ? { text: `@${role.name}` } : (['roles.gone'] as const),
    })),
    buttons: set
      .slice(0, MOST_BUTTONS)
      .map(({ plan }): Button[] => [
        { say: ['roles.clear', planNames(plan)], does: 'roles.clear', on: plan.id, style: 'danger' },
      ]),
    sensitive: true,
  };
}

/** A role was chosen and no plan: one press is easier than a code. */
function whichPlan(plans: readonly Plan[], roleId: string, known: readonly { id: string; name: string }[]): Reply {
  const role = known.find(({ id }) => id === roleId)?.name ?? fail('guild.role_missing');
  return {
    say: ['roles.which_plan', { role }],
    buttons: plans
      .slice(0, MOST_BUTTONS)
      .map((plan): Button[] => [
        { say: ['plans.name', planNames(plan)], does: 'roles.set', on: `${plan.id}.${roleId}` },
      ]),
    sensitive: true,
  };
}

async function setReply(ctx: CommandContext, planId: string, roleId: string): Promise<Reply> {
  const { plan, role } = await setGuildRole(ctx, { server: serverOf(ctx), planId, roleId });
  return {
    say: ['roles.set', { role: role.name, ...planNames(plan) }],
    buttons: [[show]],
    sensitive: true,
  };
}

export const rolesSet = command({
  name: 'roles.set',
  audience: 'server_admin',
  hidden: true,
  args: { what: opaque() },
  run(ctx, { what }) {
    const dot = what.lastIndexOf('.');
    return setReply(ctx, what.slice(0, dot), what.slice(dot + 1));
  },
});

export const rolesClear = command({
  name: 'roles.clear',
  audience: 'server_admin',
  hidden: true,
  args: { planId: opaque() },
  async run(ctx, { planId }): Promise<Reply> {
    const { cleared, fault } = await clearGuildRole(ctx, { server: serverOf(ctx), planId });
    const done: Say = cleared ? ['roles.cleared'] : ['roles.nothing_to_clear'];
    const stays = fault !== undefined && fault !== 'missing' && fault !== 'not_known';
    return {
      say: stays ? [done, ['roles.stays', { fault }]] : [done],
      buttons: [[show]],
      sensitive: true,
    };
  },
});
