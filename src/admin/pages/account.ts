import { setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { fail } from '../../core/error.ts';
import { changePassword, changeProfile } from '../../core/ops/ownAccount.ts';
import { recoveryCodesLeft, renewRecoveryCodes } from '../../core/ops/secondFactor.ts';
import { listSessions, signOut, signOutOthers } from '../../core/ops/session.ts';
import { languages } from '../../core/text/text.ts';
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
  type Problems,
  select,
  submit,
  table,
  wrong,
} from '../draw.ts';
import { keepToken, LANGUAGE_COOKIE, languageCookie } from '../guard.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, type Route, type SignedIn, typed, versionTyped } from '../visit.ts';
import { codesPage, enrolRoutes } from './enrol.ts';

type Act = 'profile' | 'password' | 'recovery';
/** The form that came back, and why. */
type Back = { act: Act; problems: Problems } | undefined;

const problemsOf = (back: Back, act: Act): Problems => (back?.act === act ? back.problems : {});

function form(visit: SignedIn, act: Act, title: string, problems: Problems, fields: Html, press: string): Html {
  return html`<form class="card" method="post" action="/admin/account/${act}" data-act="${act}"><div class="card-header"><h2 class="card-title">${title}</h2></div>
<div class="card-body">${wrong(problems)}${lock(visit)}${fields}${submit(press)}</div></form>`;
}

function profileForm(visit: SignedIn, back: Back): Html {
  const { say, opened } = visit;
  const problems = problemsOf(back, 'profile');
  const { name, language, version } = opened.operator;
  const was = (field: string, now: string) => (back?.act === 'profile' ? typed(visit, field) : now);
  const choices = languages.map((value) => ({ value, label: say(`language_${value}`) }));
  const fields = html`<input type="hidden" name="version" value="${version}">
${field({ name: 'name', label: say('name'), value: was('name', name), autocomplete: 'name' }, problems)}
${select({ name: 'language', label: say('language'), value: was('language', language), choices })}`;
  return form(visit, 'profile', say('profile'), problems, fields, say('save'));
}

function passwordForm(visit: SignedIn, back: Back): Html {
  const { say } = visit;
  const problems = problemsOf(back, 'password');
  const old = { name: 'old', type: 'password', label: say('password_old'), autocomplete: 'current-password' };
  const fresh = { name: 'password', type: 'password', label: say('password_new'), autocomplete: 'new-password' };
  const fields = html`<p class="text-secondary">${say('password_change_note')}</p>
${field(old, problems)}${field({ ...fresh, hint: say('password_hint') }, problems)}`;
  return form(visit, 'password', say('password_change'), problems, fields, say('password_change'));
}

function recoveryForm(visit: SignedIn, back: Back): Html {
  const { say } = visit;
  const problems = problemsOf(back, 'recovery');
  const fields = html`<p class="text-secondary">${say('recovery_renew_note')}</p>${proofField(visit, problems)}`;
  return form(visit, 'recovery', say('recovery'), problems, fields, say('recovery_renew'));
}

async function sessions(visit: SignedIn): Promise<Html> {
  const { ctx, opened, say } = visit;
  const rows = (await listSessions(ctx)).map((session): (Html | string)[] => [
    session.browser || '–',
    session.address,
    at(visit, session.createdAt),
    at(visit, session.seenAt),
    session.id === opened.session.id
      ? badge(say('session_this'), 'green')
      : html`<form method="post" action="/admin/account/sessions/${session.id}/end">${lock(visit)}${submit(say('session_end'), 'btn-sm')}</form>`,
  ]);
  return card(
    say('sessions'),
    html`${table([say('browser'), say('address'), say('since'), say('last_seen'), ''], rows, '')}
${rows.length > 1 ? html`<div class="card-footer"><form method="post" action="/admin/account/sessions/end-others">${lock(visit)}${submit(say('sign_out_others'), 'btn-outline-danger')}</form></div>` : none}`,
  );
}

async function accountPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { ctx, opened, say } = visit;
  const { operator } = opened;
  const isEnrolled = operator.totpConfirmedAt !== null;
  const left = isEnrolled ? String(await recoveryCodesLeft(ctx)) : '–';
  const second = isEnrolled
    ? badge(say('on'), 'green')
    : html`<a class="btn btn-sm" href="/admin/enrol">${say('enrol')}</a>`;
  return page(
    visit,
    say('account'),
    html`${card(
      say('you'),
      facts([
        [say('name'), operator.name],
        [say('email'), operator.email],
        [say('role'), say(`role_${operator.role}`)],
        [say('second_factor'), second],
        [say('recovery_left'), left],
      ]),
    )}
<div class="acts mb-3">${profileForm(visit, back)}${passwordForm(visit, back)}${isEnrolled ? recoveryForm(visit, back) : none}</div>
${await sessions(visit)}`,
    status,
  );
}

const acting = (act: Act, beside: Beside, run: (visit: SignedIn) => Promise<Response>): KeptRoute => ({
  method: 'post',
  path: `/admin/account/${act}`,
  who: 'signed_in',
  run: (visit) =>
    attempt(
      visit,
      beside,
      () => run(visit),
      (problems, status) => accountPage(visit, { act, problems }, status),
    ),
});

async function saveProfile(visit: SignedIn): Promise<Response> {
  const { c, ctx, options } = visit;
  const wanted = typed(visit, 'language');
  const language = languages.find((known) => known === wanted) ?? fail('language.unknown');
  await changeProfile(ctx, { name: typed(visit, 'name'), language, version: versionTyped(visit) });
  setCookie(c, LANGUAGE_COOKIE, language, languageCookie(options.secure));
  return c.redirect('/admin/account?done=profile', 303);
}

async function savePassword(visit: SignedIn): Promise<Response> {
  const { c, ctx, from, opened, options } = visit;
  const [old, password] = [typed(visit, 'old'), typed(visit, 'password')];
  const { token } = await changePassword(ctx, { sessionId: opened.session.id, old, password, from });
  keepToken(c, options.secure, token);
  return c.redirect('/admin/account?done=password', 303);
}

async function makeCodes(visit: SignedIn): Promise<Response> {
  await prove(visit);
  const { recoveryCodes } = await renewRecoveryCodes(visit.ctx);
  return codesPage(visit, recoveryCodes);
}

/** What concerns the operator alone: name, password, second factor, sessions. */
export const accountRoutes: readonly Route[] = [
  ...enrolRoutes,
  { method: 'get', path: '/admin/account', who: 'signed_in', run: (visit) => accountPage(visit) },
  acting('profile', { 'operator.name_invalid': 'name' }, saveProfile),
  acting('password', { 'operator.password_wrong': 'old', 'operator.password_weak': 'password' }, savePassword),
  acting('recovery', besideProof, makeCodes),
  {
    method: 'post',
    path: '/admin/account/sessions/end-others',
    who: 'signed_in',
    run: async (visit) => {
      await signOutOthers(visit.ctx, { sessionId: visit.opened.session.id });
      return visit.c.redirect('/admin/account?done=signed_out', 303);
    },
  },
  {
    method: 'post',
    path: '/admin/account/sessions/:id/end',
    who: 'signed_in',
    run: async (visit) => {
      await signOut(visit.ctx, { sessionId: part(visit, 'id') });
      return visit.c.redirect('/admin/account?done=signed_out', 303);
    },
  },
];
