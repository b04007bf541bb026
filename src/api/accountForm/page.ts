import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { type Language, translate } from '../../core/text/text.ts';
import type { ExchangeInfo } from '../../core/trading/exchange.ts';
import type { OpenLink } from '../../core/trading/link.ts';
import { exchangeName } from '../../core/trading/port.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const none = html``;

/** What is wrong, by field; `form` is for what concerns no single field. */
export type Problems = Readonly<Record<string, string>>;

export interface FormView {
  language: Language;
  link: OpenLink;
  offered: readonly ExchangeInfo[];
  problems: Problems;
  /** What may be filled in again: never a part of a key. */
  kept: { where: string; label: string; group: string };
}

const document = (language: Language, title: string, body: Html): Html => html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · ABTPro</title>
<link rel="icon" href="/accounts/assets/logo.svg" type="image/svg+xml">
<script src="/accounts/assets/form.js"></script>
<link rel="stylesheet" href="/accounts/assets/tabler.css">
<link rel="stylesheet" href="/accounts/assets/form.css">
</head>
<body><div class="page page-center"><main class="container container-tight py-4">
<div class="brand"><img src="/accounts/assets/logo.svg" alt="" width="28" height="28"> ABTPro</div>
<div class="card"><div class="card-body"><h1 class="h2 mb-3">${title}</h1>${body}</div></div>
</main></div></body>
</html>`;

/** The form that takes a key. Its address is its lock: whoever does not know it can send nothing. */
export function formPage({ language, link, offered, problems, kept }: FormView): Html {
  const say = (key: string, params = {}) => translate(language, `accountform.${key}`, params);
  const { account } = link;
  const title = account ? say('title_key', { label: account.label }) : say('title');
  const info = offered.find(({ id }) => id === account?.exchange);
  const withPassphrase = offered.filter(({ needsPassphrase }) => needsPassphrase).map(({ name }) => name);
  const field = (name: string, more: Partial<Field> = {}) =>
    input({ name, label: say(name), problem: problems[name], optional: say('optional'), ...more });
  return document(
    language,
    title,
    html`<p>${say('intro')}</p><p>${say('safe')}</p>
${problems.form ? html`<div class="alert alert-danger" role="alert">${problems.form}</div>` : none}
${Object.keys(problems).length > 0 ? html`<p class="text-secondary">${say('not_kept')}</p>` : none}
<form method="post" autocomplete="off">
${account ? html`<p><strong>${exchangeName({ offered }, account.exchange)}</strong></p>` : choice({ language, link, offered, problems, kept })}
${account ? none : field('label', { value: kept.label, hint: say('label_hint'), isOptional: true })}
${account ? none : field('group', { value: kept.group, hint: say('group_hint'), isOptional: true })}
${field('api_key', { isSecret: true, type: 'text' })}
${field('secret', { isSecret: true, type: 'password' })}
${
  account && !info?.needsPassphrase
    ? none
    : field('passphrase', {
        isSecret: true,
        type: 'password',
        ...(account
          ? {}
          : { isOptional: true, hint: say('passphrase_hint', { exchanges: withPassphrase.join(', ') }) }),
      })
}
<button class="btn btn-primary w-100" type="submit">${say('submit')}</button>
<p class="text-secondary mt-2 mb-0">${say('wait')} ${say('until', { until: link.expiresAt })}</p>
</form>`,
  );
}

function choice({ language, offered, problems, kept }: FormView): Html {
  const say = (key: string, params = {}) => translate(language, `accountform.${key}`, params);
  const problem = problems.exchange;
  const places = offered.flatMap((info) =>
    info.endpoints
      .filter((endpoint) => endpoint !== 'demo')
      .map((endpoint) => ({
        value: `${info.id}.${endpoint}`,
        label: endpoint === 'live' ? info.name : say('testnet', { exchange: info.name }),
      })),
  );
  return html`<div class="mb-3"><label class="form-label" for="exchange">${say('exchange')}</label>
<select class="form-select ${problem ? 'is-invalid' : ''}" id="exchange" name="exchange" required aria-describedby="${problem ? 'exchange-problem' : ''}" aria-invalid="${problem ? 'true' : 'false'}">
<option value="">${say('choose')}</option>${places.map(
    ({ value, label }) => html`<option value="${value}" ${value === kept.where ? 'selected' : ''}>${label}</option>`,
  )}</select>${problem ? html`<div class="invalid-feedback" id="exchange-problem">${problem}</div>` : none}</div>`;
}

interface Field {
  name: string;
  label: string;
  type?: string;
  value?: string;
  hint?: string;
  problem: string | undefined;
  /** The word for what may be left out. */
  optional: string;
  isOptional?: boolean;
  isSecret?: boolean;
}

function input(given: Field): Html {
  const { name, label, type = 'text', value = '', hint, problem, isOptional, isSecret } = given;
  const about = [problem ? `${name}-problem` : '', hint ? `${name}-hint` : ''].join(' ').trim();
  return html`<div class="mb-3"><label class="form-label" for="${name}">${label}${isOptional ? html` <span class="text-secondary">(${given.optional})</span>` : none}</label>
<input class="form-control ${isSecret ? 'secret' : ''} ${problem ? 'is-invalid' : ''}" id="${name}" name="${name}" type="${type}" value="${isSecret ? '' : value}" maxlength="4096" autocomplete="${type === 'password' ? 'new-password' : 'off'}" autocapitalize="off" spellcheck="false" ${isOptional ? '' : 'required'} aria-describedby="${about}" aria-invalid="${problem ? 'true' : 'false'}">
${problem ? html`<div class="invalid-feedback" id="${name}-problem">${problem}</div>` : none}
${hint ? html`<small class="form-hint" id="${name}-hint">${hint}</small>` : none}</div>`;
}

/** A few words instead of the form: it is done, or it cannot be done by this link. */
export function wordsPage(language: Language, titleKey: string, words: string): Html {
  const title = translate(language, `accountform.${titleKey}`);
  return document(
    language,
    title,
    html`<p role="status">${words}</p><p class="text-secondary mb-0">${translate(language, 'accountform.close')}</p>`,
  );
}
