import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { dropGuildRole, type GuildRoleRow, listGuildRoles, readGuildRole } from '../../core/rental/guildRole.ts';
import { storyOf } from '../../core/rental/guildState.ts';
import { named as planNames } from '../../core/rental/held.ts';
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
import { subjectLink } from '../subject.ts';
import { part, query, type Route, type SignedIn, typed } from '../visit.ts';
import { planName } from './contracts.ts';
import { reasonTyped } from './topup.ts';

const addressOf = ({ mapping }: GuildRoleRow) =>
  `/admin/guilds/${encodeURIComponent(mapping.guildId)}/${encodeURIComponent(mapping.planId)}`;

/** A name as it was when the role was chosen, with the number that never changes. */
const named = (name: string | undefined, id: string): Html =>
  html`${name ? html`<span class="text-break">${name}</span><br>` : none}<code>${id}</code>`;

const setBy = ({ mapping }: GuildRoleRow): Html => subjectLink(mapping.setBy.replace(/^user:/, ''));

function health(visit: SignedIn, { state }: GuildRoleRow): Html {
  const { say } = visit;
  if (!state?.fault) return badge(say('guild_works'), 'green');
  return html`${badge(say('guild_fault', { fault: state.fault }), 'red')} <span class="text-secondary">${say('guild_since')} ${at(visit, state.at)}</span>`;
}

/** `server plan`, the last one of the page before; neither has a space in it. */
function afterTyped(visit: SignedIn): { guildId: string; planId: string } | undefined {
  const [guildId, planId] = query(visit, 'before').split(' ');
  return guildId && planId ? { guildId, planId } : undefined;
}

async function guildsPage(visit: SignedIn) {
  const { say } = visit;
  const { items, hasMore } = await listGuildRoles(visit.ctx, { after: afterTyped(visit) });
  const rows = items.map((row) => [
    named(row.state?.guildName, row.mapping.guildId),
    html`<a href="${addressOf(row)}">${planName(visit, row.plan)}</a>`,
    named(row.state?.roleName, row.mapping.roleId),
    health(visit, row),
    html`${setBy(row)}<br>${at(visit, row.mapping.setAt)}`,
  ]);
  const columns = [say('guild_server'), say('plan'), say('guild_role'), say('state'), say('guild_set_by')];
  const last = items.at(-1)?.mapping;
  const next = hasMore && last ? `${last.guildId} ${last.planId}` : undefined;
  return page(
    visit,
    say('guilds'),
    html`<p class="text-secondary">${say('guilds_intro')}</p><div class="card">${table(columns, rows, say('guilds_none'))}${older(visit, next)}</div>`,
  );
}

function clearing(visit: SignedIn, row: GuildRoleRow, problems: Problems): Html {
  const { say } = visit;
  return html`<form class="card mb-3" method="post" action="${addressOf(row)}/clear" data-act="clear">
<div class="card-header"><h2 class="card-title">${say('guild_clear')}</h2></div><div class="card-body"><p class="text-secondary">${say('guild_clear_note')}</p>
${wrong(problems)}${lock(visit)}<input type="hidden" name="role" value="${row.mapping.roleId}">
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: typed(visit, 'reason') }, problems)}
${proofField(visit, problems)}${submit(say('guild_clear'), 'btn-danger')}</div></form>`;
}

async function guildPage(visit: SignedIn, problems: Problems = {}, status: Status = 200) {
  const { opened, say } = visit;
  const { role } = opened.operator;
  const row = await readGuildRole(visit.ctx, { guildId: part(visit, 'id'), planId: part(visit, 'plan') });
  const { mapping, plan, state } = row;
  const story = new URLSearchParams({ subject: storyOf(mapping.guildId, mapping.roleId) });
  const about = card(
    say('guild_role'),
    html`${facts([
      [say('guild_server'), named(state?.guildName, mapping.guildId)],
      [say('plan'), html`<a href="/admin/plans/${plan.id}">${planName(visit, plan)}</a>`],
      [say('guild_role'), named(state?.roleName, mapping.roleId)],
      [say('state'), health(visit, row)],
      [say('guild_set_by'), setBy(row)],
      [say('guild_set_at'), at(visit, mapping.setAt)],
    ])}${may(role, 'audit.read') ? html`<div class="card-footer"><a href="/admin/audit?${story}">${say('guild_story')}</a></div>` : none}`,
  );
  const clear = may(role, 'plans.manage') ? clearing(visit, row, problems) : none;
  return page(visit, say('guild_of', planNames(plan)), html`${about}${clear}`, status);
}

const beside: Beside = { ...besideProof, 'reason.required': 'reason', 'text.too_long': 'reason' };

export const guildRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/guilds', who: 'contracts.read', run: guildsPage },
  { method: 'get', path: '/admin/guilds/:id/:plan', who: 'contracts.read', run: (visit) => guildPage(visit) },
  {
    method: 'post',
    path: '/admin/guilds/:id/:plan/clear',
    who: 'plans.manage',
    run: (visit) =>
      attempt(
        visit,
        beside,
        async () => {
          await prove(visit);
          await dropGuildRole(visit.ctx, {
            guildId: part(visit, 'id'),
            planId: part(visit, 'plan'),
            roleId: typed(visit, 'role'),
            reason: reasonTyped(visit),
          });
          return visit.c.redirect('/admin/guilds?done=guild_cleared', 303);
        },
        (problems, status) => guildPage(visit, problems, status),
      ),
  },
];
