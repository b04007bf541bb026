import { html } from 'hono/html';
import { may, permissions, roles } from '../../core/access.ts';
import { inviteOperator, openInvites, revokeInvite } from '../../core/ops/invite.ts';
import {
  changeRole,
  disableOperator,
  enableOperator,
  listOperators,
  resetSecondFactor,
  type Seen,
} from '../../core/ops/operator.ts';
import type { Operator } from '../../core/ops/session.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { at, badge, card, field, type Html, lock, none, type Problems, select, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, type Route, type SignedIn, typed, versionTyped } from '../visit.ts';

const roleChoices = (visit: SignedIn) => roles.map((value) => ({ value, label: visit.say(`role_${value}`) }));

function changeForm(visit: SignedIn, row: Operator): Html {
  const { say } = visit;
  const to = `/admin/operators/${row.id}`;
  const resets = row.totpConfirmedAt !== null && row.id !== visit.opened.operator.id;
  return html`<details><summary>${say('change')}</summary>
<form method="post" action="${to}/role">${lock(visit)}<input type="hidden" name="version" value="${row.version}">
${select({ name: 'role', label: say('role'), value: row.role, choices: roleChoices(visit) })}
${proofField(visit, {})}
<div class="d-flex flex-wrap gap-2">${submit(say('role_save'))}
<button class="btn btn-outline-danger" formaction="${to}/${row.disabledAt ? 'enable' : 'disable'}">${say(row.disabledAt ? 'enable' : 'disable')}</button></div>
${resets ? html`<p class="text-secondary mt-3 mb-2">${say('second_factor_reset_note')}</p><button class="btn btn-outline-danger" formaction="${to}/reset-second-factor">${say('second_factor_reset')}</button>` : none}</form></details>`;
}

function secondFactor({ say }: SignedIn, row: Operator & { mustEnrol: boolean }): Html {
  if (row.totpConfirmedAt) return badge(say('on'), 'green');
  return row.mustEnrol ? badge(say('second_factor_again'), 'yellow') : badge(say('off'), 'secondary');
}

async function operatorsPage(visit: SignedIn, problems: Problems = {}, status: Status = 200) {
  const { ctx, opened, say } = visit;
  const manages = may(opened.operator.role, 'operators.manage');
  const rows = (await listOperators(ctx)).map((row) => [
    row.name,
    row.email,
    say(`role_${row.role}`),
    secondFactor(visit, row),
    row.disabledAt ? badge(say('disabled'), 'red') : badge(say('active'), 'green'),
    manages ? changeForm(visit, row) : '',
  ]);
  const invites = (await openInvites(ctx)).map((invite) => [
    invite.email ?? '',
    say(`role_${invite.role}`),
    at(visit, invite.expiresAt),
    manages
      ? html`<form method="post" action="/admin/operators/invites/${invite.id}/revoke">${lock(visit)}${submit(say('revoke'), 'btn-sm')}</form>`
      : '',
  ]);
  return page(
    visit,
    say('operators'),
    html`${wrong(problems)}
${manages ? html`<p><a class="btn btn-primary" href="/admin/operators/invite">${say('invite')}</a></p>` : none}
${card(say('operators'), table([say('name'), say('email'), say('role'), say('second_factor'), say('state'), ''], rows, ''))}
${invites.length > 0 ? card(say('invites'), table([say('email'), say('role'), say('valid_until'), ''], invites, '')) : none}
${card(say('who_may'), permissionTable(visit))}`,
    status,
  );
}

function permissionTable(visit: SignedIn): Html {
  const { say } = visit;
  const mark = (allowed: boolean) => html`<td aria-label="${say(allowed ? 'yes' : 'no')}">${allowed ? '✓' : '–'}</td>`;
  return html`<div class="table-responsive"><table class="table table-vcenter card-table roles">
<thead><tr><th scope="col">${say('permission')}</th>${roles.map((role) => html`<th scope="col">${say(`role_${role}`)}</th>`)}</tr></thead>
<tbody>${Object.entries(permissions).map(
    ([permission, allowed]) =>
      html`<tr><th scope="row">${say(`may_${permission}`)}</th>${roles.map((role) => mark(allowed.includes(role)))}</tr>`,
  )}</tbody></table></div>`;
}

function invitePage(visit: SignedIn, problems: Problems = {}, status: Status = 200) {
  const { say } = visit;
  return page(
    visit,
    say('invite'),
    html`<div class="acts"><form class="card" method="post" action="/admin/operators/invite"><div class="card-body">${wrong(problems)}${lock(visit)}
${field({ name: 'email', type: 'email', label: say('email'), value: typed(visit, 'email') }, problems)}
${select({ name: 'role', label: say('role'), value: typed(visit, 'role') || 'support', choices: roleChoices(visit) })}
${proofField(visit, problems)}
${submit(say('invite_make'))}</div></form></div>`,
    status,
  );
}

const invitedPage = (visit: SignedIn, link: string) =>
  page(
    visit,
    visit.say('invite'),
    html`<div class="card"><div class="card-body"><p>${visit.say('invite_made')}</p>
<p class="link"><code>${link}</code></p><a class="btn" href="/admin/operators">${visit.say('operators')}</a></div></div>`,
  );

const besideInvite: Beside = { ...besideProof, 'operator.email_invalid': 'email', 'operator.exists': 'email' };

/** A change of one operator; refusals are shown above the list. */
const changing = (
  what: string,
  change: (visit: SignedIn, seen: Seen) => Promise<void>,
  done = 'operator_changed',
): KeptRoute => ({
  method: 'post',
  path: `/admin/operators/:id/${what}`,
  who: 'operators.manage',
  run: (visit) =>
    attempt(
      visit,
      {},
      async () => {
        await prove(visit);
        await change(visit, { operatorId: part(visit, 'id'), version: versionTyped(visit) });
        return visit.c.redirect(`/admin/operators?done=${done}`, 303);
      },
      (problems, status) => operatorsPage(visit, problems, status),
    ),
});

/** Who may sign in, and as what. */
export const operatorRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/operators', who: 'operators.read', run: (visit) => operatorsPage(visit) },
  { method: 'get', path: '/admin/operators/invite', who: 'operators.manage', run: (visit) => invitePage(visit) },
  {
    method: 'post',
    path: '/admin/operators/invite',
    who: 'operators.manage',
    run: (visit) =>
      attempt(
        visit,
        besideInvite,
        async () => {
          await prove(visit);
          const input = { email: typed(visit, 'email'), role: typed(visit, 'role') };
          const { token } = await inviteOperator(visit.ctx, input);
          return invitedPage(visit, `${visit.options.url()}/admin/invite/${token}`);
        },
        (problems, status) => invitePage(visit, problems, status),
      ),
  },
  {
    method: 'post',
    path: '/admin/operators/invites/:id/revoke',
    who: 'operators.manage',
    run: async (visit) => {
      await revokeInvite(visit.ctx, { inviteId: part(visit, 'id') });
      return visit.c.redirect('/admin/operators?done=invite_revoked', 303);
    },
  },
  changing('role', ({ ctx, form }, seen) => changeRole(ctx, { ...seen, role: form.get('role') ?? '' })),
  changing('disable', ({ ctx }, seen) => disableOperator(ctx, seen)),
  changing('enable', ({ ctx }, seen) => enableOperator(ctx, seen)),
  changing('reset-second-factor', ({ ctx }, seen) => resetSecondFactor(ctx, seen), 'second_factor_reset'),
];
