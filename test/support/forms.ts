import { eq } from 'drizzle-orm';
import type { Route } from '../../src/admin/visit.ts';
import type { NewId } from '../../src/core/id.ts';
import { receiptIssuer } from '../../src/core/money/settings.ts';
import { broadcast, exchangeAccount, plan as planTable, refund, settingTable, user } from '../../src/core/tables.ts';
import { type HostileWorld, samplePath } from './hostile.ts';
import { PASSWORD, seen, type TestOperator } from './operators.ts';
import type { World } from './world.ts';

type Fields = Readonly<Record<string, string>>;

/** The world that forms are sent into. */
export interface FormWorld {
  world: World;
  owner: TestOperator;
  hostile: HostileWorld;
}

interface Form {
  /** What is typed, beside the keys of the page. */
  fields?: (given: FormWorld) => Fields | Promise<Fields>;
  /** Another sample than the usual one, where one form uses up what another one needs: collection, name of the id. */
  instead?: Fields;
  /** The status of the refusal, where whoever has signed in long since has nothing to gain by it. */
  refusal?: number;
  /** May be done as often as somebody likes, with nothing to show for it but a line of the audit each time. */
  repeats?: true;
}

/** Every form of the panel, by the path it is sent to, filled in so that it does what it is for. */
const forms: Readonly<Record<string, Form>> = {
  '/admin/sign-in': { fields: ({ owner }) => ({ email: owner.email, password: PASSWORD }) },
  '/admin/second-factor': { fields: () => ({ code: '000000' }), refusal: 401 },
  '/admin/invite/:token': { fields: () => ({ name: 'Sweeper', email: 'evil@example.com', password: PASSWORD }) },
  '/admin/enrol': {},
  '/admin/sign-out': {},
  '/admin/language': { fields: () => ({ language: 'en', back: '/admin' }) },

  '/admin/account/profile': { fields: () => ({ name: 'Sweeper', language: 'en', version: '1' }) },
  '/admin/account/password': { fields: () => ({ old: PASSWORD, password: 'another horse entirely' }) },
  '/admin/account/recovery': { repeats: true },
  '/admin/account/sessions/end-others': { repeats: true },
  '/admin/account/sessions/:id/end': {},

  '/admin/alerts/:id/seen': {},

  '/admin/users/:id/block': { fields: () => why },
  '/admin/users/:id/unblock': {
    fields: async ({ owner, hostile }) => {
      const [row] = await owner.ctx.db.select().from(user).where(eq(user.id, hostile.userId));
      return { ...why, seen: row?.blockedAt?.toISOString() ?? '' };
    },
  },
  '/admin/users/:id/reset': { fields: () => why, repeats: true },
  '/admin/users/:id/adjust': { fields: () => ({ ...why, amount: '10', direction: 'credit' }) },
  '/admin/users/:id/close': { fields: () => ({ ...why, confirm: 'yes' }), refusal: 409 },
  '/admin/users/:id/accounts/:account/stop': {
    fields: async (given) => ({ ...why, ...(await accountVersion(given)) }),
  },
  '/admin/users/:id/accounts/:account/allow': {
    fields: async (given) => ({ ...why, ...(await accountVersion(given)) }),
  },
  '/admin/adjustments/:id/agree': {},
  '/admin/adjustments/:id/refuse': { fields: () => why, instead: { adjustments: 'otherAdjustment' } },
  '/admin/adjustments/:id/withdraw': { refusal: 403 },

  '/admin/contracts/:id/extend': { fields: () => ({ ...why, days: '3' }) },
  '/admin/contracts/:id/pause': { fields: () => why },
  '/admin/contracts/:id/resume': { fields: () => why },
  '/admin/contracts/:id/end': { fields: () => why },
  '/admin/contracts/:id/keep': { fields: () => why },
  '/admin/contracts/:id/refund': { fields: () => why },
  '/admin/plans/new': { fields: () => ({ ...plan, code: 'sweep', priceSatang: '100' }) },
  '/admin/plans/:id/edit': { fields: async (given) => ({ ...plan, ...(await planVersion(given)) }) },
  '/admin/plans/:id/reprice': {
    fields: async (given) => ({ ...why, priceSatang: '600', ...(await planVersion(given)) }),
  },
  '/admin/plans/:id/status': {
    fields: async (given) => ({ ...why, status: 'retired', ...(await planVersion(given)) }),
  },
  '/admin/coupons/new': {
    fields: () => ({
      code: 'SWEEP',
      kind: 'percent',
      percent: '10',
      terms: '1',
      mostPerPerson: '1',
      validFrom: '2026-01-01',
    }),
  },
  '/admin/guilds/:id/:plan/clear': { fields: () => ({ ...why, role: '11' }) },
  '/admin/coupons/:id/retire': { fields: () => why },
  '/admin/backtests/:id/cancel': { fields: () => why, instead: { backtests: 'waitingRun' } },
  '/admin/audit/verify': { repeats: true },

  '/admin/payments/:id/settle': {
    fields: () => ({ amount: '100', charge: 'KBANK-9', reason: 'seen' }),
    instead: { payments: 'pending' },
  },
  '/admin/payments/:id/refund': {
    fields: async ({ owner }) => {
      const [last] = await owner.ctx.db.select().from(refund);
      return { amount: '5', reason: 'by mistake', charge: `1000 ${last?.chargeId ?? ''}` };
    },
  },
  '/admin/suspense/:id/match': { fields: ({ hostile }) => ({ owner: hostile.userId, reason: 'told us' }) },
  '/admin/suspense/:id/return': { fields: () => ({ reason: 'sent back' }), instead: { suspense: 'otherSuspense' } },

  '/admin/reconciliation': {},
  '/admin/jobs/run/:name': {},
  '/admin/jobs/failed/:name/:id/retry': {},
  '/admin/jobs/dead/:id/retry': {},
  '/admin/jobs/dead/:id/drop': { instead: { dead: 'otherDead' } },

  '/admin/settings/:key/review': { fields: (given) => issuer(given) },
  '/admin/settings/:key': { fields: (given) => issuer(given) },

  '/admin/notices/:id/retry': {},
  '/admin/broadcasts': { fields: () => draft },
  '/admin/broadcasts/:id/edit': { fields: async (given) => ({ ...draft, ...(await broadcastVersion(given)) }) },
  '/admin/broadcasts/:id/test': {
    fields: async (given) => ({ to: given.hostile.userId, ...(await broadcastVersion(given)) }),
  },
  '/admin/broadcasts/:id/send': { fields: (given) => broadcastVersion(given) },
  '/admin/broadcasts/:id/cancel': { instead: { broadcasts: 'otherBroadcast' } },

  '/admin/operators/invite': { fields: () => ({ email: 'again@example.com', role: 'support' }), repeats: true },
  '/admin/operators/invites/:id/revoke': {},
  '/admin/operators/:id/role': { fields: async (given) => ({ role: 'support', ...(await operatorVersion(given)) }) },
  '/admin/operators/:id/disable': { fields: (given) => operatorVersion(given) },
  '/admin/operators/:id/enable': { fields: (given) => operatorVersion(given) },
  '/admin/operators/:id/reset-second-factor': { fields: (given) => operatorVersion(given) },
};

const why: Fields = { reason: 'seen and agreed' };
const plan: Fields = { nameTh: 'แผน', nameEn: 'Plan', aboutTh: 'เกี่ยวกับ', aboutEn: 'About', quotas: '', trialDays: '0' };

async function planVersion({ owner, hostile }: FormWorld) {
  const [row] = await owner.ctx.db
    .select()
    .from(planTable)
    .where(eq(planTable.id, hostile.ids.plans ?? ''));
  return { version: String(row?.version) };
}

async function accountVersion({ owner, hostile }: FormWorld) {
  const id = hostile.ids.accounts ?? '';
  const [row] = await owner.ctx.db.select().from(exchangeAccount).where(eq(exchangeAccount.id, id));
  return { version: String(row?.version) };
}

const draft: Fields = { text_th: 'ปิดปรับปรุงคืนนี้', text_en: 'Maintenance tonight', rate: '60', days: '', wallet: '' };

const operatorVersion = async ({ world, hostile }: FormWorld) => ({
  version: String((await seen(world, { id: hostile.ids.operators ?? '' })).version),
});

async function broadcastVersion({ owner, hostile }: FormWorld) {
  const id = hostile.ids.broadcasts ?? '';
  const [row] = await owner.ctx.db.select().from(broadcast).where(eq(broadcast.id, id));
  return { version: String(row?.version) };
}

async function issuer({ owner }: FormWorld) {
  const [row] = await owner.ctx.db.select().from(settingTable).where(eq(settingTable.key, receiptIssuer.key));
  return { name: 'ABTPro', address: 'Bangkok', taxId: '', branch: '', vatPercent: '7', version: String(row?.version) };
}

/** Forms whose request key is the id of what they make, born with the form, and how that id begins. */
const born: Fields = { '/admin/broadcasts': 'brc' };

/** What a form carries against being sent twice. */
export const requestKey = ({ path }: Route, newId: NewId) => (born[path] ? newId(born[path]) : 'sweep');

/** A form that nobody has filled in is a fault of the test, so that no new one is left out unnoticed. */
export function formOf({ path }: Pick<Route, 'path'>): Form {
  const form = forms[path];
  if (!form) throw new Error(`${path} has no sample: fill in its form in test/support/forms.ts`);
  return form;
}

/** The address a form is sent to, and what it sends beside the key of the session. */
export async function fillIn(route: Route, given: FormWorld): Promise<{ path: string; fields: Fields }> {
  const { fields, instead = {} } = formOf(route);
  const { ids } = given.hostile;
  const others = Object.entries(instead).map(([collection, name]) => [collection, ids[name] ?? '']);
  return {
    path: samplePath(route, { ...ids, ...Object.fromEntries(others) }),
    fields: { request_key: requestKey(route, given.owner.ctx.newId), ...(await fields?.(given)) },
  };
}
