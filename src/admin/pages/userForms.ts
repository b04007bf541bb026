import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { may, type Permission } from '../../core/access.ts';
import { readAllowance } from '../../core/ops/adjustments.ts';
import type { Person } from '../../core/ops/person.ts';
import { translate } from '../../core/text/text.ts';
import { cancelLink, chooser } from '../acts.ts';
import { proofField } from '../answer.ts';
import { field, type Html, lock, none, type Problems, select, submit, wrong } from '../draw.ts';
import { query, type SignedIn, typed } from '../visit.ts';

export const userActs = ['block', 'unblock', 'adjust', 'reset', 'close'] as const;
export type UserAct = (typeof userActs)[number];

export const permissionOf: Record<UserAct, Permission> = {
  block: 'users.block',
  unblock: 'users.block',
  adjust: 'wallet.adjust',
  reset: 'users.reset',
  close: 'users.close',
};

/** The form that came back, and why. */
export type Back = { act: UserAct; problems: Problems } | undefined;

/** What this operator can do to this person now. A closed account is only relieved of money that still came in. */
function actsFor({ opened }: SignedIn, { user }: Person): UserAct[] {
  const makesSense = (act: UserAct) => {
    if (user.closedAt) return act === 'adjust';
    return act === 'block' ? !user.blockedAt : act !== 'unblock' || user.blockedAt !== null;
  };
  return userActs.filter((act) => makesSense(act) && may(opened.operator.role, permissionOf[act]));
}

/** The buttons, and under them the form of the one that was pressed. */
export async function acts(visit: SignedIn, person: Person, back: Back): Promise<Html> {
  const { say } = visit;
  const possible = actsFor(visit, person);
  const wanted = back?.act ?? query(visit, 'act');
  const chosen = possible.find((act) => act === wanted);
  // What came back and makes no sense any more, because somebody else was faster, still says why.
  const lost = back && !chosen ? wrong({ form: Object.values(back.problems).join(' ') }) : none;
  if (possible.length === 0) return lost;
  const choices = possible.map((act) => ({ act, label: say(`person_act_${act}`), isGrave: act === 'close' }));
  const below = html`${lost}${chosen ? await form(visit, person, chosen, back) : none}`;
  return chooser(visit, `/admin/users/${person.user.id}`, choices, chosen, below);
}

async function form(visit: SignedIn, person: Person, act: UserAct, back: Back): Promise<Html> {
  const { say } = visit;
  const { user, hindrances = [] } = person;
  const problems = back?.act === act ? back.problems : {};
  const isHindered = act === 'close' && hindrances.length > 0;
  const reason = back?.act === act ? typed(visit, 'reason') : '';
  return html`<form class="mt-3" method="post" action="/admin/users/${user.id}/${act}" data-act="${act}">
<p class="text-secondary">${await note(visit, person, act)}</p>${wrong(problems)}
${
  isHindered
    ? hindered(visit, person)
    : html`${lock(visit)}${fields(visit, person, act, problems, back?.act === act)}
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: reason }, problems)}
${act === 'adjust' || act === 'close' ? proofField(visit, problems) : none}
${submit(say(`person_act_${act}`), act === 'close' || act === 'block' ? 'btn-danger' : 'btn-primary')}`
}
${cancelLink(visit, `/admin/users/${user.id}`)}</form>`;
}

async function note(visit: SignedIn, { user }: Person, act: UserAct): Promise<string> {
  const { ctx, say } = visit;
  if (act === 'adjust') return say('person_note_adjust', { ...(await readAllowance(ctx)) });
  const words = say(`person_note_${act}`);
  return act === 'close' && user.blockedAt ? `${words} ${say('person_note_close_blocked')}` : words;
}

const hindered = ({ language, say }: SignedIn, { hindrances = [] }: Person): Html =>
  html`<p>${say('person_hindered')}</p><ul>${hindrances.map(
    ({ why, amountSatang }) => html`<li>${translate(language, 'error.user.not_closable', { why, amountSatang })}</li>`,
  )}</ul>`;

/** What a form asks for besides the reason. */
function fields(visit: SignedIn, { user }: Person, act: UserAct, problems: Problems, isBack: boolean): Html {
  const { say } = visit;
  const was = (name: string) => (isBack ? typed(visit, name) : '');
  if (act === 'unblock') return html`<input type="hidden" name="seen" value="${user.blockedAt?.toISOString() ?? ''}">`;
  if (act === 'adjust') {
    const choices = ['credit', 'debit'].map((value) => ({ value, label: say(`person_${value}`) }));
    return html`<input type="hidden" name="request_key" value="${randomUUID()}">
${select({ name: 'direction', label: say('person_direction'), value: user.closedAt ? 'debit' : was('direction'), choices: user.closedAt ? choices.slice(1) : choices })}
${field({ name: 'amount', label: say('amount_baht'), value: was('amount'), inputmode: 'decimal' }, problems)}`;
  }
  if (act !== 'close') return none;
  const problem = problems.confirm;
  return html`<div class="mb-3"><label class="form-check"><input class="form-check-input ${problem ? 'is-invalid' : ''}" type="checkbox" name="confirm" value="yes" required aria-describedby="${problem ? 'confirm-problem' : ''}"><span class="form-check-label">${say('person_confirm')}</span>
${problem ? html`<span class="invalid-feedback" id="confirm-problem">${problem}</span>` : none}</label></div>`;
}
