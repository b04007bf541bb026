import { html } from 'hono/html';
import { asciiDigits, bahtDecimal, parseBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import {
  type Broadcast,
  type BroadcastDraft,
  broadcastLimits,
  draftBroadcast,
  editBroadcast,
} from '../../core/notices/broadcast.ts';
import type { Segment } from '../../core/notices/tables.ts';
import { readBroadcast } from '../../core/ops/broadcasts.ts';
import { languages, translate } from '../../core/text/text.ts';
import { attempt, type Beside, type Status } from '../answer.ts';
import { field, type Html, lock, none, type Problems, select, submit, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { part, type Route, type SignedIn, typed } from '../visit.ts';

const providers = ['telegram', 'discord', 'local'] as const;
const names = ['text_th', 'text_en', 'language', 'provider', 'paid', 'days', 'wallet', 'rate'] as const;
type Values = Record<(typeof names)[number], string>;

/** Longer than the other fields of the panel; how long it may be is not decided here. */
const written = (visit: SignedIn, name: string) => (visit.form.get(name) ?? '').replaceAll('\0', '').slice(0, 20_000);

const typedValues = (visit: SignedIn) =>
  Object.fromEntries(names.map((name) => [name, written(visit, name)])) as Values; // every name of them

const blank: Values = {
  text_th: '',
  text_en: '',
  language: '',
  provider: '',
  paid: '',
  days: '',
  wallet: '',
  rate: String(broadcastLimits.perMinute.usual),
};

function valuesOf({ textTh, textEn, segment, perMinute }: Broadcast): Values {
  const { language = '', provider = '', paid, seenWithinDays, walletFromSatang } = segment;
  return {
    text_th: textTh,
    text_en: textEn,
    language,
    provider,
    paid: paid === undefined ? '' : paid ? 'yes' : 'no',
    days: String(seenWithinDays ?? ''),
    wallet: walletFromSatang === undefined ? '' : bahtDecimal(BigInt(walletFromSatang)),
    rate: String(perMinute),
  };
}

/** Whole numbers as people type them; anything else is no number, which the core refuses. */
function whole(text: string): number {
  const digits = asciiDigits(text).trim().replaceAll(',', '');
  return /^\d{1,6}$/.test(digits) ? Number(digits) : Number.NaN;
}

function readDraft(visit: SignedIn): BroadcastDraft {
  const values = typedValues(visit);
  const language = languages.find((known) => known === values.language);
  const provider = providers.find((known) => known === values.provider);
  const wallet = values.wallet.trim();
  const walletSatang = wallet === '' ? undefined : parseBaht(wallet) || fail('amount.invalid', { text: wallet });
  const segment: Segment = {
    ...(language ? { language } : {}),
    ...(provider ? { provider } : {}),
    ...(['yes', 'no'].includes(values.paid) ? { paid: values.paid === 'yes' } : {}),
    ...(values.days.trim() === '' ? {} : { seenWithinDays: whole(values.days) }),
    ...(walletSatang === undefined ? {} : { walletFromSatang: String(walletSatang) }),
  };
  return { textTh: values.text_th, textEn: values.text_en, segment, perMinute: whole(values.rate) };
}

function textArea(
  given: { name: string; label: string; hint: string; value: string; lang: string },
  problems: Problems,
) {
  const { name, label, hint, value, lang } = given;
  const problem = problems[name];
  return html`<div class="mb-3"><label class="form-label" for="${name}">${label}</label>
<textarea class="form-control ${problem ? 'is-invalid' : ''}" id="${name}" name="${name}" rows="7" lang="${lang}" maxlength="${broadcastLimits.letters}" required aria-describedby="${name}-${problem ? 'problem' : 'hint'}" aria-invalid="${problem ? 'true' : 'false'}">
${value}</textarea>
${problem ? html`<div class="invalid-feedback" id="${name}-problem">${problem}</div>` : html`<small class="form-hint" id="${name}-hint">${hint}</small>`}</div>`;
}

function segmentFields(visit: SignedIn, values: Values, problems: Problems): Html {
  const { say } = visit;
  const any = { value: '', label: say('broadcast_everybody') };
  const speak = languages.map((value) => ({ value, label: translate(visit.language, `language.${value}`) }));
  const chats = providers.map((value) => ({ value, label: say(`notice_chat_${value}`) }));
  const paid = ['yes', 'no'].map((value) => ({ value, label: say(`broadcast_paid_${value}`) }));
  return html`<fieldset class="mb-3"><legend class="h3">${say('broadcast_segment')}</legend>
<p class="text-secondary">${say('broadcast_segment_hint')}</p><div class="filter">
${select({ name: 'language', label: say('broadcast_language'), value: values.language, choices: [any, ...speak] })}
${select({ name: 'provider', label: say('broadcast_provider'), value: values.provider, choices: [any, ...chats] })}
${select({ name: 'paid', label: say('broadcast_paid'), value: values.paid, choices: [any, ...paid] })}</div>
<div class="acts">
${field({ name: 'days', label: say('broadcast_days'), hint: say('broadcast_days_hint'), value: values.days, inputmode: 'numeric', optional: true }, problems)}
${field({ name: 'wallet', label: say('broadcast_wallet'), hint: say('broadcast_wallet_hint'), value: values.wallet, inputmode: 'decimal', optional: true }, problems)}</div></fieldset>`;
}

/** What is being written: a new draft under an id born with the form, or a change of one as it was seen. */
type Writing = { to: string; id?: string; version?: string; values: Values };

function draftPage(visit: SignedIn, writing: Writing, problems: Problems = {}, status: Status = 200) {
  const { say } = visit;
  const { to, id, version, values } = writing;
  const { least: min, most: max } = broadcastLimits.perMinute;
  const hint = say('broadcast_text_hint', { max: broadcastLimits.letters });
  return page(
    visit,
    say(id ? 'broadcast_new' : 'broadcast_edit'),
    html`<form class="card" method="post" action="${to}"><div class="card-body">${wrong(problems)}${lock(visit)}
${id ? html`<input type="hidden" name="request_key" value="${id}">` : none}
${version === undefined ? none : html`<input type="hidden" name="version" value="${version}">`}
<div class="acts">${textArea({ name: 'text_th', label: say('broadcast_text_th'), hint, value: values.text_th, lang: 'th' }, problems)}
${textArea({ name: 'text_en', label: say('broadcast_text_en'), hint, value: values.text_en, lang: 'en' }, problems)}</div>
${segmentFields(visit, values, problems)}
<div class="acts">${field({ name: 'rate', label: say('broadcast_rate'), hint: say('broadcast_rate_hint', { min, max }), value: values.rate, inputmode: 'numeric' }, problems)}</div>
${submit(say('broadcast_save'))}</div></form>`,
    status,
  );
}

const beside: Beside = {
  'broadcast.thai_invalid': 'text_th',
  'broadcast.english_invalid': 'text_en',
  'broadcast.rate_invalid': 'rate',
  'broadcast.days_invalid': 'days',
  'amount.invalid': 'wallet',
};

const saved = (visit: SignedIn, id: string) =>
  visit.c.redirect(`/admin/broadcasts/${encodeURIComponent(id)}?done=broadcast_saved`, 303);

function create(visit: SignedIn) {
  const id = typed(visit, 'request_key') || visit.ctx.newId('brc');
  return attempt(
    visit,
    beside,
    async () => saved(visit, (await draftBroadcast(visit.ctx, { broadcastId: id, draft: readDraft(visit) })).id),
    (problems, status) =>
      draftPage(visit, { to: '/admin/broadcasts', id, values: typedValues(visit) }, problems, status),
  );
}

const editPath = (visit: SignedIn) => `/admin/broadcasts/${encodeURIComponent(part(visit, 'id'))}/edit`;

async function editPage(visit: SignedIn) {
  const { broadcast } = await readBroadcast(visit.ctx, { broadcastId: part(visit, 'id') });
  if (broadcast.status !== 'draft') fail('broadcast.closed', { status: broadcast.status });
  const version = String(broadcast.version);
  return draftPage(visit, { to: editPath(visit), version, values: valuesOf(broadcast) });
}

function edit(visit: SignedIn) {
  const version = typed(visit, 'version');
  return attempt(
    visit,
    beside,
    async () => {
      const input = { broadcastId: part(visit, 'id'), version: whole(version), draft: readDraft(visit) };
      return saved(visit, (await editBroadcast(visit.ctx, input)).id);
    },
    (problems, status) =>
      draftPage(visit, { to: editPath(visit), version, values: typedValues(visit) }, problems, status),
  );
}

/** Where broadcasts are written. */
export const broadcastFormRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/admin/broadcasts/new',
    who: 'broadcast.send',
    run: (visit) => draftPage(visit, { to: '/admin/broadcasts', id: visit.ctx.newId('brc'), values: blank }),
  },
  { method: 'post', path: '/admin/broadcasts', who: 'broadcast.send', run: create },
  { method: 'get', path: '/admin/broadcasts/:id/edit', who: 'broadcast.send', run: editPage },
  { method: 'post', path: '/admin/broadcasts/:id/edit', who: 'broadcast.send', run: edit },
];
