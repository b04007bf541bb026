import type { AuditDetail } from '../auditSeal.ts';
import type { Transfer } from '../money/ledger.ts';
import type { NewNotice } from '../notices/notice.ts';
import type { Contract, Term } from './held.ts';
import type { DocumentInput } from './issue.ts';
import type { couponUse } from './tables.ts';

/** One thing that happened to a contract. The key makes it happen once. */
export interface Happening {
  contractId: string;
  kind: HappeningKind;
  key: string;
  detail?: Record<string, string>;
}

export type HappeningKind =
  | 'started'
  | 'trial_started'
  | 'renewed'
  | 'restarted'
  | 'upgraded'
  | 'term_began'
  | 'plan_chosen'
  | 'auto_renew_set'
  | 'reminded'
  | 'grace'
  | 'expired'
  | 'cancelled'
  | 'stop'
  | 'extended'
  | 'paused'
  | 'resumed'
  | 'end_set'
  | 'refunded'
  | 'joined';

/** What deciding about contracts comes to, as data: shown by a dry run, written by `writeChanges`. */
export interface Changes {
  /** As they are to be. A contract may be in here twice; the later one holds. */
  contracts: Contract[];
  terms: Term[];
  transfers: Transfer[];
  uses: (typeof couponUse.$inferInsert)[];
  /** Coupon uses given back, because the term never began. */
  unused: { contractId: string; term: number }[];
  happenings: Happening[];
  notices: NewNotice[];
  audits: { action: string; subject: string; detail?: AuditDetail }[];
  documents: DocumentInput[];
}

export const noChanges = (): Changes => ({
  contracts: [],
  terms: [],
  transfers: [],
  uses: [],
  unused: [],
  happenings: [],
  notices: [],
  audits: [],
  documents: [],
});
