import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { fail } from '../../core/error.ts';
import {
  listSettingChanges,
  readSettingStates,
  type SettingChange,
  type SettingState,
} from '../../core/ops/settings.ts';
import { findIssues, writeSetting } from '../../core/setting.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { at, card, facts, type Html, lock, none, older, type Problems, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { drawField, fieldOf, issueWords, labelOf, readFields, shown, writeFields } from '../settingFields.ts';
import { type SettingForm, settingForms } from '../settingForms.ts';
import { part, query, type Route, type SignedIn, typed } from '../visit.ts';

type State = SettingState<object>;
type Texts = Readonly<Record<string, string>>;

const formOf = (visit: SignedIn): SettingForm =>
  settingForms.find(({ setting }) => setting.key === part(visit, 'key')) ?? fail('http.missing');

const titleOf = (visit: SignedIn, { setting }: SettingForm) => visit.say(`set_${setting.key}`);
const addressOf = ({ setting }: SettingForm) => `/admin/settings/${setting.key}`;

async function stateOf(visit: SignedIn, { setting }: SettingForm): Promise<State> {
  const [found] = await readSettingStates(visit.ctx, [setting]);
  return found?.state ?? fail('http.missing');
}

const whoChanged = (visit: SignedIn, { updatedAt, updatedByName, updatedBy }: State): Html =>
  updatedAt
    ? html`${visit.say('set_changed_by', { name: updatedByName ?? updatedBy ?? '–' })} ${at(visit, updatedAt)}`
    : html`${visit.say('set_unchanged')}`;

const values = (visit: SignedIn, form: SettingForm, { value }: State): Html =>
  facts(
    form.fields.map((field) => {
      const text = shown(visit, form, field, fieldOf(value, field.name));
      return [labelOf(visit, form, field.name), html`<span class="lines">${text}</span>`] as const;
    }),
  );

async function settingsPage(visit: SignedIn) {
  const { opened, say } = visit;
  const writes = may(opened.operator.role, 'settings.write');
  const states = await readSettingStates(
    visit.ctx,
    settingForms.map(({ setting }) => setting),
  );
  const cards = settingForms.map((form, n) => {
    const state = states[n]?.state;
    return state
      ? card(
          titleOf(visit, form),
          html`${values(visit, form, state)}<div class="card-footer d-flex flex-wrap gap-2 align-items-center">
<a class="btn btn-sm" href="${addressOf(form)}" aria-label="${say(writes ? 'set_change' : 'set_history')}: ${titleOf(visit, form)}">${say(writes ? 'set_change' : 'set_history')}</a>
<span class="text-secondary">${whoChanged(visit, state)}</span></div>`,
        )
      : none;
  });
  return page(visit, say('settings'), html`${cards}`);
}

/** What the form shows: what is stored, or what was typed, with what is wrong with it. */
interface Draft {
  texts: Texts;
  problems: Problems;
  /** Somebody has stored another value since the form was drawn. */
  isStale: boolean;
}

function editForm(visit: SignedIn, form: SettingForm, state: State, { texts, problems, isStale }: Draft): Html {
  const { say } = visit;
  const stored = writeFields(form, state.value);
  const meant = writeFields(
    form,
    readFields(form, (name) => texts[name] ?? ''),
  );
  const fields = form.fields.map((field) => {
    const differs = isStale && stored[field.name] !== meant[field.name];
    const now = differs ? shown(visit, form, field, fieldOf(state.value, field.name)) : undefined;
    return drawField(visit, form, field, texts[field.name] ?? '', problems, now);
  });
  const name = state.updatedByName ?? state.updatedBy ?? '–';
  return html`<form class="card" method="post" action="${addressOf(form)}/review"><div class="card-body">
<p class="text-secondary">${say(`set_${form.setting.key}_about`)}</p>
${isStale && state.updatedAt ? html`<div class="alert alert-warning" role="alert">${say('set_stale', { name, at: state.updatedAt })}</div>` : none}
${wrong(problems)}${lock(visit)}<input type="hidden" name="version" value="${state.version}">
${fields}${submit(say('set_review'))}</div></form>`;
}

/** The fields that two values do not agree on, each with both. */
function changesOf(visit: SignedIn, form: SettingForm, old: object, next: object): [string, string, string][] {
  const [before, after] = [writeFields(form, old), writeFields(form, next)];
  return form.fields
    .filter(({ name }) => before[name] !== after[name])
    .map((field) => {
      const [from, to] = [old, next].map((value) => shown(visit, form, field, fieldOf(value, field.name)));
      return [labelOf(visit, form, field.name), from ?? '', to ?? ''];
    });
}

const changeLines = (visit: SignedIn, form: SettingForm, change: SettingChange): Html =>
  html`${changesOf(visit, form, change.old, change.new).map(
    ([label, from, to]) =>
      html`<div><span class="text-secondary">${label}</span> <span class="lines"><del>${from}</del> → <ins>${to}</ins></span></div>`,
  )}`;

async function history(visit: SignedIn, form: SettingForm): Promise<Html> {
  const { say } = visit;
  const given = query(visit, 'before');
  const before = /^\d{1,18}$/.test(given) ? BigInt(given) : undefined;
  const { changes, next } = await listSettingChanges(visit.ctx, { key: form.setting.key, before });
  const rows = changes.map((change) => [
    at(visit, change.at),
    change.actorName ?? change.actor,
    changeLines(visit, form, change),
  ]);
  const list = table([say('when'), say('actor'), say('set_changes')], rows, say('nothing_yet'));
  return card(say('set_history'), html`${list}${older(visit, next)}`);
}

async function settingPage(visit: SignedIn, form: SettingForm, draft?: Draft, status: Status = 200) {
  const { opened, say } = visit;
  const state = await stateOf(visit, form);
  const writes = may(opened.operator.role, 'settings.write');
  const given = draft ?? { texts: writeFields(form, state.value), problems: {}, isStale: false };
  return page(
    visit,
    titleOf(visit, form),
    html`<p><a href="/admin/settings">← ${say('settings')}</a></p>
<p class="text-secondary">${whoChanged(visit, state)}</p>
${writes ? html`<div class="acts mb-3">${editForm(visit, form, state, given)}</div>` : html`<div class="card mb-3">${values(visit, form, state)}</div>`}
${await history(visit, form)}`,
    status,
  );
}

/** What was typed, read and judged by the schema of the setting. */
function draftOf(
  visit: SignedIn,
  form: SettingForm,
): { texts: Texts; value: Record<string, unknown>; problems: Problems } {
  const texts = Object.fromEntries(form.fields.map(({ name }) => [name, typed(visit, name)]));
  const value = readFields(form, (name) => texts[name] ?? '');
  const issues = findIssues(form.setting, value);
  const problems = issues.map((issue) => [issue.field || 'form', issueWords(visit, form, issue)]);
  return { texts, value, problems: Object.fromEntries(problems) };
}

function versionTyped(visit: SignedIn): number {
  const text = typed(visit, 'version');
  return /^\d{1,15}$/.test(text) ? Number(text) : fail('form.stale');
}

/** Old and new beside each other, to be looked at before anything changes. */
async function reviewPage(
  visit: SignedIn,
  form: SettingForm,
  given: { texts: Texts; value: object },
  problems: Problems,
  status: Status,
) {
  const { say } = visit;
  const state = await stateOf(visit, form);
  const changes = changesOf(visit, form, state.value, given.value).map(([label, from, to]) => [
    label,
    html`<span class="lines"><del>${from}</del></span>`,
    html`<span class="lines"><ins>${to}</ins></span>`,
  ]);
  const hidden = Object.entries(given.texts).map(
    ([name, text]) => html`<textarea name="${name}" hidden>${text}</textarea>`,
  );
  return page(
    visit,
    titleOf(visit, form),
    html`${card(say('set_review_title'), table(['', say('set_old'), say('set_new')], changes, say('set_nothing_changes')))}
<div class="acts"><form class="card" method="post" action="${addressOf(form)}"><div class="card-body">
${wrong(problems)}${lock(visit)}<input type="hidden" name="version" value="${versionTyped(visit)}">${hidden}
${proofField(visit, problems)}<div class="d-flex flex-wrap gap-2">${submit(say('set_save'))}
<a class="btn" href="${addressOf(form)}">${say('set_discard')}</a></div></div></form></div>`,
    status,
  );
}

async function review(visit: SignedIn) {
  const form = formOf(visit);
  const version = versionTyped(visit);
  const { texts, value, problems } = draftOf(visit, form);
  if (Object.keys(problems).length > 0) return settingPage(visit, form, { texts, problems, isStale: false }, 422);
  const state = await stateOf(visit, form);
  if (state.version !== version) return settingPage(visit, form, { texts, problems: {}, isStale: true }, 409);
  if (changesOf(visit, form, state.value, value).length > 0) return reviewPage(visit, form, { texts, value }, {}, 200);
  return settingPage(visit, form, { texts, problems: { form: visit.say('set_nothing_changes') }, isStale: false });
}

const beside: Beside = { ...besideProof, 'setting.stale': 'stale' };

async function save(visit: SignedIn) {
  const form = formOf(visit);
  const version = versionTyped(visit);
  const { texts, value, problems } = draftOf(visit, form);
  if (Object.keys(problems).length > 0) return settingPage(visit, form, { texts, problems, isStale: false }, 422);
  return attempt(
    visit,
    beside,
    async () => {
      await prove(visit);
      await writeSetting(visit.ctx, form.setting, { value, version });
      return visit.c.redirect(`${addressOf(form)}?done=setting_saved`, 303);
    },
    (problems, status) =>
      problems.stale
        ? settingPage(visit, form, { texts, problems: {}, isStale: true }, status)
        : reviewPage(visit, form, { texts, value }, problems, status),
  );
}

/** What operators may change without a restart, with every change that was ever made. */
export const settingRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/settings', who: 'settings.read', run: settingsPage },
  {
    method: 'get',
    path: '/admin/settings/:key',
    who: 'settings.read',
    run: (visit) => settingPage(visit, formOf(visit)),
  },
  { method: 'post', path: '/admin/settings/:key/review', who: 'settings.write', run: review },
  { method: 'post', path: '/admin/settings/:key', who: 'settings.write', run: save },
];
