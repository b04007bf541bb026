import { requireFeature } from '../core/rental/guard.ts';
import type { Command, CommandContext, Needs } from './command.ts';

/**
 * What a command needs: what it declares, or what the command declares that it belongs to. So nothing behind a button of
 * a gated command is open by having been forgotten; what shall be says `nothing`.
 */
export function needsOf({ name, needs }: Pick<Command, 'name' | 'needs'>, commands: readonly Command[]): Needs {
  if (needs) return needs;
  const dot = name.lastIndexOf('.');
  if (dot < 0) return 'nothing';
  const parent = name.slice(0, dot);
  return needsOf(commands.find((command) => command.name === parent) ?? { name: parent }, commands);
}

/** Refuses, with what would open it, whom the contract does not let run a command (`requireFeature`). */
export async function requireNeeds(ctx: CommandContext, command: Command): Promise<void> {
  const needs = needsOf(command, ctx.commands);
  if (needs === 'nothing') return;
  const need = typeof needs === 'function' ? await needs(ctx) : { feature: needs };
  await requireFeature(ctx, { userId: ctx.user.id, ...need });
}
