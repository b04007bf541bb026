import { inArray } from 'drizzle-orm';
import type { Context } from '../context.ts';
import { operator } from './tables.ts';

/** The names of the operators among actors such as `operator:opr_…`, by actor. */
export async function operatorNames(
  ctx: Context,
  actors: readonly (string | null | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(actors.flatMap((actor) => /^operator:(.+)/.exec(actor ?? '')?.[1] ?? []));
  if (ids.size === 0) return new Map();
  const rows = await ctx.db
    .select({ id: operator.id, name: operator.name })
    .from(operator)
    .where(inArray(operator.id, [...ids]));
  return new Map(rows.map(({ id, name }) => [`operator:${id}`, name]));
}
