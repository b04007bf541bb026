import { html } from 'hono/html';
import { create } from 'qrcode';
import { beginEnrolment, confirmEnrolment, hadSecondFactor } from '../../core/ops/secondFactor.ts';
import { attempt, type Status } from '../answer.ts';
import { field, lock, none, type Problems, submit, wrong } from '../draw.ts';
import { keepToken } from '../guard.ts';
import { doorPage } from '../layout.ts';
import { type Route, type SignedIn, typed } from '../visit.ts';

/** A QR as a picture in the page itself: its text is a secret and is never an address. */
function qrPicture(text: string): string {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) if (modules.get(y, x)) path += `M${x + 4} ${y + 4}h1v1h-1z`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size + 8} ${size + 8}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size + 8}v${size + 8}H0z"/><path d="${path}"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

async function enrolPage(visit: SignedIn, problems: Problems, status: Status = 200) {
  const { say } = visit;
  const again = await hadSecondFactor(visit.ctx);
  const { secret, uri } = await beginEnrolment(visit.ctx);
  return doorPage(
    visit,
    say('enrol'),
    html`${wrong(problems)}${again ? html`<div class="alert alert-warning" role="status">${say('enrol_reset')}</div>` : none}<p>${say('enrol_intro')}</p>
<img class="qr" src="${qrPicture(uri)}" alt="${say('enrol_qr')}" width="224" height="224">
<p>${say('enrol_secret')} <code>${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
<form method="post" action="/admin/enrol">${lock(visit)}
${field({ name: 'code', label: say('code'), hint: say('code_hint'), autocomplete: 'one-time-code', inputmode: 'numeric' }, problems)}
${submit(say('continue'), 'btn-primary w-100')}</form>`,
    status,
  );
}

/** The recovery codes, this once. */
export const codesPage = (visit: SignedIn, codes: readonly string[]) =>
  doorPage(
    visit,
    visit.say('recovery'),
    html`<p>${visit.say('recovery_intro')}</p><ul class="codes border rounded">${codes.map((code) => html`<li>${code}</li>`)}</ul>
<a class="btn btn-primary w-100" href="/admin">${visit.say('recovery_kept')}</a>`,
  );

/** Setting up the second factor. */
export const enrolRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/admin/enrol',
    who: 'enrol',
    run: (visit) =>
      visit.opened.operator.totpConfirmedAt ? visit.c.redirect('/admin/account', 303) : enrolPage(visit, {}),
  },
  {
    method: 'post',
    path: '/admin/enrol',
    who: 'enrol',
    run: async (visit) => {
      const { c, ctx, from, opened, options } = visit;
      if (opened.operator.totpConfirmedAt) return c.redirect('/admin', 303);
      return attempt(
        visit,
        { 'sign_in.code_wrong': 'code' },
        async () => {
          const input = { sessionId: opened.session.id, code: typed(visit, 'code'), from };
          const { token, recoveryCodes } = await confirmEnrolment(ctx, input);
          keepToken(c, options.secure, token);
          return codesPage({ ...visit, token }, recoveryCodes);
        },
        (problems, status) => enrolPage(visit, problems, status),
      );
    },
  },
];
