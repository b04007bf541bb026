import { asc, inArray, isNull } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { type AuditContext, auditEntry, auditHead, verifyAudit, writeAudit } from '../audit.ts';
import type { AuditFault } from '../auditChain.ts';
import { later, minutes } from '../clock.ts';
import { type Context, inTransaction } from '../context.ts';
import { type AuditLine, namesIn, type OperatorNames } from './auditLog.ts';

/** A fault with the lines it speaks of: its own, or those on either side of what is gone. */
export interface FaultFound extends AuditFault {
  line: AuditLine | undefined;
  before: AuditLine | undefined;
  after: AuditLine | undefined;
}

export interface AuditCheck {
  checked: number;
  /** New lines that the sealing job has not come to yet: nothing is wrong with them, unless it does not come at all. */
  waiting: number;
  isSealingLate: boolean;
  faults: FaultFound[];
  names: OperatorNames;
}

const MOST_WAITING = 10_000;
/** The job runs every minute. */
const LATE_MS = minutes(5);

/** How many lines there are to check, for whoever wants to show how far a check has got. */
export async function auditLength(ctx: Context): Promise<number> {
  requirePermission(ctx, 'audit.read');
  const [head] = await ctx.db.select({ link: auditHead.link }).from(auditHead).limit(1);
  return Number(head?.link ?? 0n);
}

/**
 * Verifies the chain for an operator and writes down that they did and what came out. `onProgress` is told how many
 * lines have been looked at, and may throw to end it.
 */
export async function checkAudit(ctx: AuditContext, onProgress: (checked: number) => void): Promise<AuditCheck> {
  requirePermission(ctx, 'audit.read');
  const { checked, faults } = await verifyAudit(ctx, onProgress);
  const overdue = new Set(faults.filter(({ fault }) => fault === 'unsealed').map(({ seq }) => seq));
  const unsealed = await ctx.db
    .select({ seq: auditEntry.seq, at: auditEntry.at })
    .from(auditEntry)
    .where(isNull(auditEntry.link))
    .orderBy(asc(auditEntry.seq))
    .limit(MOST_WAITING);
  const waiting = unsealed.filter(({ seq }) => !overdue.has(seq));
  const late = later(ctx.clock.now(), -LATE_MS);
  const lines = await linesOf(ctx, faults);
  const bySeq = new Map(lines.map((line) => [line.seq, line]));
  const at = (seq: bigint | null | undefined) => (typeof seq === 'bigint' ? bySeq.get(seq) : undefined);
  await inTransaction(ctx, (ctx) => writeAudit(ctx, 'audit.verified', 'audit', { checked, faults: faults.length }));
  return {
    checked,
    waiting: waiting.length,
    isSealingLate: waiting.some((line) => line.at < late),
    faults: faults.map((found) => ({
      ...found,
      line: at(found.seq),
      before: at(found.gone?.before),
      after: at(found.gone?.after),
    })),
    names: await namesIn(ctx, lines),
  };
}

async function linesOf(ctx: Context, faults: readonly AuditFault[]): Promise<AuditLine[]> {
  const seqs = faults
    .flatMap(({ seq, gone }) => [seq, gone?.before, gone?.after])
    .filter((seq) => typeof seq === 'bigint');
  if (seqs.length === 0) return [];
  return ctx.db
    .select()
    .from(auditEntry)
    .where(inArray(auditEntry.seq, [...new Set(seqs)]));
}
