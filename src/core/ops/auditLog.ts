import { and, desc, eq, gte, inArray, like, lt } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { auditEntry } from '../audit.ts';
import type { Context } from '../context.ts';
import { operator } from './tables.ts';

export type AuditLine = typeof auditEntry.$inferSelect & { operatorName: string | undefined };

export interface AuditFilter {
  /** `operator:opr_…`, `user:usr_…`, `job:…`, whole. */
  actor?: string | undefined;
  /** The beginning of an action: `topup`, `operator.role`. */
  action?: string | undefined;
  subject?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
  /** Goes on after this line. */
  before?: bigint | undefined;
}

const PAGE = 50;

/** Audit lines, newest first, 50 at a time, with the names of the operators among the actors. */
export async function listAudit(
  ctx: Context,
  filter: AuditFilter,
): Promise<{ lines: AuditLine[]; next: bigint | undefined }> {
  requirePermission(ctx, 'audit.read');
  const { actor, action, subject, from, until, before } = filter;
  const rows = await ctx.db
    .select()
    .from(auditEntry)
    .where(
      and(
        actor ? eq(auditEntry.actor, actor) : undefined,
        action ? like(auditEntry.action, `${action.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
        subject ? eq(auditEntry.subject, subject) : undefined,
        from && gte(auditEntry.at, from),
        until && lt(auditEntry.at, until),
        before === undefined ? undefined : lt(auditEntry.seq, before),
      ),
    )
    .orderBy(desc(auditEntry.seq))
    .limit(PAGE + 1);
  const lines = rows.slice(0, PAGE);
  const ids = [...new Set(lines.map((line) => /^operator:(.+)/.exec(line.actor)?.[1] ?? ''))].filter(Boolean);
  const known =
    ids.length === 0
      ? []
      : await ctx.db.select({ id: operator.id, name: operator.name }).from(operator).where(inArray(operator.id, ids));
  const names = new Map(known.map(({ id, name }) => [`operator:${id}`, name]));
  return {
    lines: lines.map((line) => ({ ...line, operatorName: names.get(line.actor) })),
    next: rows.length > PAGE ? lines.at(-1)?.seq : undefined,
  };
}
