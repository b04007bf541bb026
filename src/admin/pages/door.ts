import { setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { fail } from '../../core/error.ts';
import { acceptInvite, readInvite } from '../../core/ops/invite.ts';
import { hasOperators, setOperatorLanguage } from '../../core/ops/operator.ts';
import { signOut } from '../../core/ops/session.ts';
import { proveSecondFactor, signIn } from '../../core/ops/signIn.ts';
import { languages } from '../../core/text/text.ts';
import { attempt, type Beside } from '../answer.ts';
import { field, type Html, lock, none, type Problems, submit, wrong } from '../draw.ts';
import { forgetToken, keepToken, LANGUAGE_COOKIE, languageCookie } from '../guard.ts';
import { doorPage } from '../layout.ts';
import { part, type Route, typed, type Visit } from '../visit.ts';

const ways = { second_factor: '/admin/second-factor', enrol: '/admin/enrol', open: '/admin' };

function signInForm(visit: Visit, problems: Problems, first: Html): Html {
  const { say } = visit;
  return html`${wrong(problems)}${first}<form method="post" action="/admin/sign-in">${lock(visit)}
${field({ name: 'email', type: 'email', label: say('email'), value: typed(visit, 'email'), autocomplete: 'username' }, problems)}
${field({ name: 'password', type: 'password', label: say('password'), autocomplete: 'current-password' }, problems)}
${submit(say('sign_in'), 'btn-primary w-100')}</form>`;
}

async function firstHint(visit: Visit): Promise<Html> {
  if (await hasOperators(visit.ctx)) return none;
  return html`<div class="alert alert-info" role="status">${visit.say('no_operator')}</div>`;
}

const codeForm = (visit: Visit, problems: Problems): Html => html`${wrong(problems)}
<form method="post" action="/admin/second-factor">${lock(visit)}
${field({ name: 'code', label: visit.say('code'), hint: visit.say('code_or_recovery'), autocomplete: 'one-time-code' }, problems)}
${submit(visit.say('continue'), 'btn-primary w-100')}</form>
<form class="mt-3" method="post" action="/admin/sign-out">${lock(visit)}<button class="btn btn-link">${visit.say('sign_in_as_other')}</button></form>`;

function inviteForm(visit: Visit, invited: string | null, problems: Problems): Html {
  const { say } = visit;
  return html`${wrong(problems)}<p class="text-secondary">${invited ? say('invite_intro') : say('first_intro')}</p>
<form method="post" action="${visit.c.req.path}">${lock(visit)}
${field({ name: 'name', label: say('name'), value: typed(visit, 'name'), autocomplete: 'name' }, problems)}
${
  invited
    ? html`<div class="mb-3"><span class="form-label">${say('email')}</span><code>${invited}</code></div>`
    : field(
        { name: 'email', type: 'email', label: say('email'), value: typed(visit, 'email'), autocomplete: 'username' },
        problems,
      )
}
${field({ name: 'password', type: 'password', label: say('password'), hint: say('password_hint'), autocomplete: 'new-password' }, problems)}
${submit(say('make_account'), 'btn-primary w-100')}</form>`;
}

const besideInvite: Beside = {
  'operator.name_invalid': 'name',
  'operator.email_invalid': 'email',
  'operator.exists': 'email',
  'operator.password_weak': 'password',
};

/** The ways in and out. */
/** A page of ours and its filter, as `URLSearchParams` writes it; nothing that could lead anywhere else. */
const BACK = /^\/admin(\/[\w-]+(\.[\w-]+)*)*(\?[\w.*+%=&-]+)?$/;

export const doorRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/admin/sign-in',
    who: 'anyone',
    run: async (visit) =>
      visit.opened
        ? visit.c.redirect(ways[visit.opened.next], 303)
        : doorPage(visit, visit.say('sign_in'), signInForm(visit, {}, await firstHint(visit))),
  },
  {
    method: 'post',
    path: '/admin/sign-in',
    who: 'anyone',
    run: (visit) =>
      attempt(
        visit,
        { 'sign_in.wrong': 'password' },
        async () => {
          const { c, door, from, options } = visit;
          const { token, next } = await signIn(door, {
            email: typed(visit, 'email'),
            password: typed(visit, 'password'),
            from,
          });
          keepToken(c, options.secure, token);
          return c.redirect(ways[next], 303);
        },
        (problems, status) => doorPage(visit, visit.say('sign_in'), signInForm(visit, problems, none), status),
      ),
  },
  {
    method: 'get',
    path: '/admin/second-factor',
    who: 'anyone',
    run: (visit) =>
      visit.opened?.next === 'second_factor'
        ? doorPage(visit, visit.say('second_factor'), codeForm(visit, {}))
        : visit.c.redirect('/admin/sign-in', 303),
  },
  {
    method: 'post',
    path: '/admin/second-factor',
    who: 'anyone',
    run: (visit) =>
      attempt(
        visit,
        { 'sign_in.code_wrong': 'code' },
        async () => {
          const { c, door, from, options } = visit;
          if (!visit.token || !visit.opened) fail('session.ended');
          const { token } = await proveSecondFactor(door, { token: visit.token, code: typed(visit, 'code'), from });
          keepToken(c, options.secure, token);
          return c.redirect('/admin', 303);
        },
        (problems, status) =>
          visit.opened
            ? doorPage(visit, visit.say('second_factor'), codeForm(visit, problems), status)
            : visit.c.redirect('/admin/sign-in', 303),
      ),
  },
  {
    method: 'get',
    path: '/admin/invite/:token',
    who: 'anyone',
    run: async (visit) => {
      const { email } = await readInvite(visit.door, { token: part(visit, 'token') });
      return doorPage(visit, visit.say('welcome'), inviteForm(visit, email, {}));
    },
  },
  {
    method: 'post',
    path: '/admin/invite/:token',
    who: 'anyone',
    run: async (visit) => {
      const { c, door, from, language, options } = visit;
      const token = part(visit, 'token');
      const { email } = await readInvite(door, { token });
      return attempt(
        visit,
        besideInvite,
        async () => {
          const [name, given, password] = [typed(visit, 'name'), typed(visit, 'email'), typed(visit, 'password')];
          const session = await acceptInvite(door, { token, name, email: given, password, language, from });
          keepToken(c, options.secure, session.token);
          return c.redirect('/admin', 303);
        },
        (problems, status) => doorPage(visit, visit.say('welcome'), inviteForm(visit, email, problems), status),
      );
    },
  },
  {
    method: 'post',
    path: '/admin/sign-out',
    who: 'anyone',
    run: async (visit) => {
      if (visit.opened) await signOut(visit.ctx, { sessionId: visit.opened.session.id });
      forgetToken(visit.c, visit.options.secure);
      return visit.c.redirect('/admin/sign-in', 303);
    },
  },
  {
    method: 'post',
    path: '/admin/language',
    who: 'anyone',
    run: async (visit) => {
      const { c, ctx, opened, options } = visit;
      const wanted = typed(visit, 'language');
      const language = languages.find((known) => known === wanted) ?? fail('language.unknown');
      setCookie(c, LANGUAGE_COOKIE, language, languageCookie(options.secure));
      if (opened) await setOperatorLanguage(ctx, { language });
      const back = typed(visit, 'back');
      return c.redirect(BACK.test(back) ? back : '/admin', 303);
    },
  },
];
