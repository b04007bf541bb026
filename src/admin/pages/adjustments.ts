import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { agreeToAdjustment, refuseAdjustment, withdrawAdjustment } from '../../core/money/adjustment.ts';
import type { AdjustmentStatus } from '../../core/money/tables.ts';
import { type AdjustmentRow, listAdjustments, readAdjustment } from '../../core/ops/adjustments.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import {
  at,
  badge,
  card,
  facts,
  field,
  type Html,
  lock,
  none,
  older,
  type Problems,
  submit,
  table,
  wrong,
} from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, query, type Route, type SignedIn, typed, type Visit } from '../visit.ts';
import { reasonTyped } from './topup.ts';
import { signed } from './userSections.ts';
import { personName } from './users.ts';

const colours: Record<AdjustmentStatus, string> = {
  waiting: 'yellow',
  done: 'green',
  refused: 'red',
  withdrawn: 'secondary',
};

const state = (visit: Visit, status: AdjustmentStatus): Html =>
  badge(visit.say(`adjustment_state_${status}`), colours[status]);

const personLink = (visit: Visit, { user }: AdjustmentRow): Html =>
  html`<a href="/admin/users/${user.id}">${personName(visit, user)}</a>`;

async function adjustmentsPage(visit: SignedIn) {
  const { say } = visit;
  const waiting = query(visit, 'show') !== 'all';
  const { items, next } = await listAdjustments(visit.ctx, { waiting, before: query(visit, 'before') || undefined });
  const rows = items.map((row) => [
    at(visit, row.adjustment.askedAt),
    personLink(visit, row),
    html`<a href="/admin/adjustments/${row.adjustment.id}">${signed(row.adjustment.amountSatang)}</a>`,
    row.adjustment.reason,
    row.askedByName ?? html`<code>${row.adjustment.askedBy}</code>`,
    state(visit, row.adjustment.status),
  ]);
  const columns = [say('when'), say('person'), say('amount'), say('reason'), say('adjustment_asked_by'), say('state')];
  const tab = (label: string, href: string, isHere: boolean) =>
    html`<a class="btn btn-sm ${isHere ? 'active' : ''}" ${isHere ? html`aria-current="page"` : none} href="${href}">${label}</a>`;
  return page(
    visit,
    say('adjustments'),
    html`<p class="text-secondary">${say('adjustments_intro')}</p>
<nav class="choices mb-3" aria-label="${say('adjustments')}">${tab(say('adjustments_waiting'), '/admin/adjustments', waiting)}${tab(say('adjustments_all'), '/admin/adjustments?show=all', !waiting)}</nav>
<div class="card" id="list">${table(columns, rows, say(waiting ? 'adjustments_none' : 'nothing_yet'))}${older(visit, next)}</div>`,
  );
}

type Act = 'agree' | 'refuse' | 'withdraw';
type Back = { act: Act; problems: Problems } | undefined;
type Found = Awaited<ReturnType<typeof readAdjustment>>;

/** Who asked may take it back; anybody else who may adjust wallets decides. */
function actsFor({ opened }: SignedIn, { adjustment }: Found): Act[] {
  if (adjustment.status !== 'waiting' || !may(opened.operator.role, 'wallet.adjust')) return [];
  return adjustment.askedBy === opened.operator.id ? ['withdraw'] : ['agree', 'refuse'];
}

function form(visit: SignedIn, { adjustment }: Found, act: Act, back: Back): Html {
  const { say } = visit;
  const problems = back?.act === act ? back.problems : {};
  const reason = back?.act === act ? typed(visit, 'reason') : '';
  return html`<form class="card" method="post" action="/admin/adjustments/${adjustment.id}/${act}" data-act="${act}">
<div class="card-header"><h2 class="card-title">${say(`adjustment_${act}`)}</h2></div><div class="card-body"><p class="text-secondary">${say(`adjustment_${act}_note`)}</p>
${wrong(problems)}${lock(visit)}
${act === 'refuse' ? field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: reason }, problems) : none}
${act === 'agree' ? proofField(visit, problems) : none}${submit(say(`adjustment_${act}`), act === 'agree' ? 'btn-primary' : 'btn-danger')}</div></form>`;
}

function adjustmentFacts(visit: SignedIn, found: Found): Html {
  const { say } = visit;
  const { adjustment: row, user, balances, askedByName, decidedByName } = found;
  const { walletSatang } = balances;
  const wallet =
    row.status === 'waiting'
      ? [
          [say('adjustment_wallet_now'), formatBaht(walletSatang)] as const,
          [say('adjustment_wallet_then'), formatBaht(walletSatang + row.amountSatang)] as const,
        ]
      : [];
  return card(
    say('adjustment_facts'),
    facts([
      [say('amount'), html`<strong>${signed(row.amountSatang)}</strong>`],
      [say('state'), state(visit, row.status)],
      [say('person'), html`${personLink(visit, found)}<br><code>${user.id}</code>`],
      [say('reason'), row.reason],
      [say('adjustment_asked_by'), askedByName ?? row.askedBy],
      [say('adjustment_asked_at'), at(visit, row.askedAt)],
      ...wallet,
      ...(row.decidedBy ? [[say('adjustment_decided_by'), decidedByName ?? row.decidedBy] as const] : []),
      ...(row.decidedAt ? [[say('adjustment_decided_at'), at(visit, row.decidedAt)] as const] : []),
      ...(row.decidedReason ? [[say('adjustment_decided_why'), row.decidedReason] as const] : []),
    ]),
  );
}

async function adjustmentPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const found = await readAdjustment(visit.ctx, { adjustmentId: part(visit, 'id') });
  const acts = actsFor(visit, found);
  const lost = back && !acts.includes(back.act) ? wrong({ form: Object.values(back.problems).join(' ') }) : none;
  return page(
    visit,
    visit.say('adjustment_of', { sumSatang: found.adjustment.amountSatang }),
    html`${lost}${adjustmentFacts(visit, found)}
${acts.length > 0 ? html`<div class="acts">${acts.map((act) => form(visit, found, act, back))}</div>` : none}`,
    status,
  );
}

const beside: Beside = { ...besideProof, 'reason.required': 'reason', 'text.too_long': 'reason' };

const acting = (act: Act, run: (visit: SignedIn, adjustmentId: string) => Promise<{ status: string }>): KeptRoute => ({
  method: 'post',
  path: `/admin/adjustments/:id/${act}`,
  who: 'wallet.adjust',
  run: (visit) =>
    attempt(
      visit,
      beside,
      async () => {
        const adjustmentId = part(visit, 'id');
        const { status } = await run(visit, adjustmentId);
        return visit.c.redirect(
          `/admin/adjustments/${encodeURIComponent(adjustmentId)}?done=adjustment_${status}`,
          303,
        );
      },
      (problems, status) => adjustmentPage(visit, { act, problems }, status),
    ),
});

export const adjustmentRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/adjustments', who: 'payments.read', run: adjustmentsPage },
  { method: 'get', path: '/admin/adjustments/:id', who: 'payments.read', run: (visit) => adjustmentPage(visit) },
  acting('agree', async (visit, adjustmentId) => {
    await prove(visit);
    return agreeToAdjustment(visit.ctx, { adjustmentId });
  }),
  acting('refuse', (visit, adjustmentId) => refuseAdjustment(visit.ctx, { adjustmentId, reason: reasonTyped(visit) })),
  acting('withdraw', (visit, adjustmentId) => withdrawAdjustment(visit.ctx, { adjustmentId })),
];
