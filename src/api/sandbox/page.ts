import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import type { openSuspenseItems } from '../../core/money/suspense.ts';
import type { Topup } from '../../core/money/topup.ts';
import type { openAlerts } from '../../core/notices/alert.ts';
import { formatAt, type Language, translate } from '../../core/text/text.ts';
import { words } from './words.ts';

export interface BankView {
  language: Language;
  topups: readonly Topup[];
  suspense: Awaited<ReturnType<typeof openSuspenseItems>>;
  alerts: Awaited<ReturnType<typeof openAlerts>>;
  /** The status our own webhook answered with, after a press. */
  answered: string | undefined;
}

export const actions = ['pay', 'less', 'more', 'twice', 'late', 'fail', 'refund', 'stray'] as const;
export type Action = (typeof actions)[number];

const ofTopup: Action[] = ['pay', 'less', 'more', 'twice', 'late', 'fail'];

const button = (language: Language, action: Action, topupId: string) => html`
  <button name="press" value="${action}:${topupId}" class="${action === 'pay' ? 'primary' : ''}">${words[language][action]}</button>`;

function topupCard(language: Language, topup: Topup) {
  const choices: Action[] = topup.status === 'settled' ? ['pay', 'refund'] : ofTopup;
  return html`
    <li>
      <div class="row"><strong>${formatBaht(topup.amountSatang)}</strong><span class="state ${topup.status}">${translate(language, `tx.topup_${topup.status}`)}</span></div>
      <div class="dim"><code>${topup.reference}</code> · ${formatAt(language, topup.createdAt)} ${topup.flags.join(' ')}</div>
      <div class="actions">${choices.map((action) => button(language, action, topup.id))}</div>
    </li>`;
}

export function bankPage(view: BankView) {
  const { language } = view;
  const say = words[language];
  return html`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${say.title} · ABTPro</title><link rel="stylesheet" href="/sandbox/bank.css">
  </head>
  <body>
    <header><h1>🏦 ${say.title}</h1><a href="/chat">${say.chat}</a></header>
    <main>
      <p class="dim">${say.intro}</p>
      ${view.answered ? html`<p class="answered" role="status">${say.sent} ${view.answered}</p>` : ''}
      <form method="post" action="/sandbox/bank?lang=${language}">
        <h2>${say.topups}</h2>
        ${view.topups.length === 0 ? html`<p>${say.none}</p>` : html`<ul class="topups">${view.topups.map((topup) => topupCard(language, topup))}</ul>`}
        <p>${button(language, 'stray', '-')}</p>
      </form>
      <h2>${say.suspense}</h2>
      <ul>${
        view.suspense.length === 0
          ? html`<li class="dim">${say.empty}</li>`
          : view.suspense.map(
              ({ item, payment }) => html`
        <li>${formatBaht(payment.amountSatang - payment.refundedSatang)} · ${item.reason} · <code>${payment.reference}</code></li>`,
            )
      }</ul>
      <h2>${say.alerts}</h2>
      <ul>${
        view.alerts.length === 0
          ? html`<li class="dim">${say.empty}</li>`
          : view.alerts.map(
              (alert) => html`
        <li>${formatAt(language, alert.createdAt)} · ${alert.kind} · <code>${alert.subject}</code></li>`,
            )
      }</ul>
    </main>
  </body>
</html>`;
}

export const bankStyle = `
@font-face{font-family:AppThai;src:url(/chat/assets/thai-400.ttf);unicode-range:U+0E00-0E7F}
:root{color-scheme:light dark;--ink:#14202b;--dim:#5a6b7a;--line:#d9e1e8;--ground:#f4f7f9;--card:#fff;--go:#0b6b4f;--goink:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e7eef4;--dim:#9fb0be;--line:#2c3a46;--ground:#10181f;--card:#18232c;--go:#3ecf9b;--goink:#06251a}}
*{box-sizing:border-box}body{margin:0;font:16px/1.6 AppThai,system-ui,sans-serif;color:var(--ink);background:var(--ground)}
header{display:flex;justify-content:space-between;align-items:center;padding:.75rem 1rem;background:var(--card);border-bottom:1px solid var(--line)}
h1{font-size:1.15rem;margin:0}h2{font-size:1rem;margin:1.5rem 0 .5rem}main{max-width:44rem;margin:0 auto;padding:1rem}
a{color:var(--go)}.dim{color:var(--dim);font-size:.9rem}ul{list-style:none;margin:0;padding:0}li{padding:.6rem 0;border-bottom:1px solid var(--line)}
.topups li{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.9rem;margin-bottom:.75rem}
.row{display:flex;justify-content:space-between}.state{font-size:.85rem;color:var(--dim)}.state.settled{color:var(--go)}
.actions{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:.6rem}code{overflow-wrap:anywhere}
button{font:inherit;padding:.45rem .8rem;min-height:2.75rem;border:1px solid var(--line);border-radius:.6rem;background:var(--card);color:var(--ink);cursor:pointer}
button.primary{background:var(--go);border-color:var(--go);color:var(--goink)}button:focus-visible,a:focus-visible{outline:3px solid var(--go);outline-offset:2px}
.answered{padding:.6rem .9rem;border:1px solid var(--go);border-radius:.6rem}`;
