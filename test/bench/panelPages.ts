import type postgres from 'postgres';

/** Things of the business that pages are asked for by name. */
interface Samples {
  userId: string;
  name: string;
  reference: string;
  chatNumber: string;
  day: string;
  contractId: string;
  documentId: string;
  number: string;
  couponId: string;
  adjustmentId: string;
  runId: string;
  broadcastId: string;
  noticeId: string;
}

/** Of each list an id from its middle, with as much before it as behind. */
type Middles = Record<
  'topup' | 'user' | 'contract' | 'tax_document' | 'notice' | 'wallet_adjustment' | 'coupon',
  string
>;

async function samplesOf(sql: postgres.Sql): Promise<Samples> {
  const [row] = await sql<Samples[]>`
    select u.id as "userId", u.display_name as name, t.reference, i.subject as "chatNumber", to_char(t.created_at, 'YYYY-MM-DD') as day,
      c.id as "contractId", d.id as "documentId", d.series || '-' || lpad(d.number::text, 6, '0') as number,
      (select max(id) from coupon) as "couponId", (select min(id) from wallet_adjustment) as "adjustmentId",
      (select max(id) from reconciliation_run) as "runId", (select max(id) from broadcast) as "broadcastId",
      (select min(id) from notice) as "noticeId"
    from topup t join "user" u on u.id = t.user_id join identity i on i.user_id = u.id join contract c on c.user_id = u.id
      join tax_document d on d.contract_id = c.id
    where t.status = 'settled' order by t.id offset 1000 limit 1`;
  if (!row) throw new Error('the business is empty');
  return row;
}

async function middlesOf(sql: postgres.Sql): Promise<Middles> {
  const lists = ['topup', 'user', 'contract', 'tax_document', 'notice', 'wallet_adjustment', 'coupon'] as const;
  const found: [string, string][] = [];
  for (const list of lists) {
    const [row] = await sql<{ id: string }[]>`
      select id from ${sql(list)} order by id offset (select count(*) / 2 from ${sql(list)}) limit 1`;
    found.push([list, row?.id ?? '']);
  }
  return Object.fromEntries(found) as Middles; // one for each of the lists above
}

const money = ({ userId, name, reference, day, adjustmentId, runId }: Samples, middle: Middles): string[] => [
  '/admin/payments',
  `/admin/payments?before=${middle.topup}`,
  '/admin/payments?status=review',
  `/admin/payments?text=${reference}`,
  `/admin/payments?text=${userId}`,
  `/admin/payments?text=${encodeURIComponent(name)}`,
  `/admin/payments?text=${encodeURIComponent('ทอง')}`,
  '/admin/payments?text=nobody%20is%20called%20this',
  `/admin/payments?from=${day}&to=${day}&status=failed`,
  '/admin/suspense',
  '/admin/suspense?page=10',
  '/admin/suspense?status=returned',
  '/admin/adjustments',
  '/admin/adjustments?show=all',
  `/admin/adjustments?show=all&before=${middle.wallet_adjustment}`,
  `/admin/adjustments/${adjustmentId}`,
  '/admin/reconciliation',
  '/admin/reconciliation?page=10',
  `/admin/reconciliation/${runId}`,
];

const documents = ({ userId, name, day, documentId, number }: Samples, middle: Middles): string[] => [
  '/admin/documents',
  `/admin/documents?before=${middle.tax_document}`,
  '/admin/documents?kind=credit_note',
  `/admin/documents?kind=tax_invoice&before=${middle.tax_document}`,
  '/admin/documents?kind=receipt',
  `/admin/documents?text=${number}`,
  `/admin/documents?text=${userId}`,
  `/admin/documents?text=${encodeURIComponent(name)}`,
  `/admin/documents?text=${encodeURIComponent('ทอง')}`,
  '/admin/documents?text=nobody%20is%20called%20this',
  `/admin/documents?from=${day}&to=${day}`,
  `/admin/documents/${documentId}`,
];

const people = ({ userId, name, reference, chatNumber }: Samples, middle: Middles): string[] => [
  '/admin/users',
  `/admin/users?before=${middle.user}`,
  '/admin/users?state=blocked',
  '/admin/users?state=closed',
  '/admin/users?chat=discord',
  '/admin/users?chat=local',
  `/admin/users?text=${userId}`,
  `/admin/users?text=${reference}`,
  `/admin/users?text=${chatNumber}`,
  `/admin/users?text=${encodeURIComponent(name)}`,
  `/admin/users?text=${encodeURIComponent('ทอง')}`,
  `/admin/users?text=${encodeURIComponent('ทอง')}&state=blocked`,
  '/admin/users?text=nobody%20is%20called%20this',
  `/admin/users/${userId}`,
  `/admin/users/${userId}?act=adjust`,
  `/admin/users/${userId}/transactions`,
  `/admin/users/${userId}/notices`,
  `/admin/users/${userId}/audit`,
];

const rentals = ({ userId, contractId, couponId }: Samples, middle: Middles): string[] => [
  '/admin/contracts',
  `/admin/contracts?before=${middle.contract}`,
  ...['trial', 'active', 'grace', 'expired', 'cancelled'].map((status) => `/admin/contracts?status=${status}`),
  '/admin/contracts?plan=pln_basic',
  '/admin/contracts?plan=pln_enterprise&status=cancelled',
  '/admin/contracts?plan=pln_enterprise&status=grace',
  `/admin/contracts?status=expired&before=${middle.contract}`,
  `/admin/contracts?person=${userId}`,
  '/admin/contracts?person=usr_nobody',
  `/admin/contracts/${contractId}`,
  '/admin/plans',
  '/admin/plans/pln_basic',
  `/admin/plans/pln_basic?act=reprice&price=599&before=${middle.contract}`,
  '/admin/coupons',
  `/admin/coupons?before=${middle.coupon}`,
  '/admin/coupons/new',
  `/admin/coupons/${couponId}`,
];

const messages = ({ userId, name, day, broadcastId, noticeId }: Samples, middle: Middles): string[] => [
  '/admin/notices',
  `/admin/notices?before=${middle.notice}`,
  ...['waiting', 'sent', 'muted', 'failed', 'withdrawn'].map((status) => `/admin/notices?status=${status}`),
  '/admin/notices?kind=contract.renewed',
  '/admin/notices?kind=refund.owed',
  `/admin/notices?person=${userId}`,
  `/admin/notices?person=${encodeURIComponent(name)}`,
  `/admin/notices?person=${encodeURIComponent('ทอง')}`,
  `/admin/notices?from=${day}&to=${day}`,
  `/admin/notices?broadcast=${broadcastId}&status=muted`,
  `/admin/notices/${noticeId}`,
  '/admin/broadcasts',
  '/admin/broadcasts?page=10',
  `/admin/broadcasts/${broadcastId}`,
];

const system = ({ userId, reference }: Samples, middleLine: number): string[] => [
  '/admin/jobs',
  '/admin/jobs/failed',
  '/admin/jobs/failed?page=10',
  '/admin/jobs/dead',
  '/admin/jobs/dead?page=10',
  '/admin/settings',
  '/admin/settings/topup.limits',
  '/admin/audit',
  `/admin/audit?before=${middleLine}`,
  `/admin/audit?subject=${userId}`,
  `/admin/audit?subject=${reference}`,
  '/admin/audit?action=topup',
  '/admin/audit?action=user.blocked',
  '/admin/audit?actor=gateway:hook',
  '/admin/audit?actor=nobody',
  `/admin/audit/${middleLine}`,
  '/admin/operators',
];

/** Lists with their filters, and single things: first pages, far pages, what is common, what is rare, what is not there. */
export async function pagesOf(sql: postgres.Sql): Promise<string[]> {
  const [samples, middle] = [await samplesOf(sql), await middlesOf(sql)];
  const [lines] = await sql<{ middle: number }[]>`select (max(seq) / 2)::int as middle from audit_entry`;
  return [
    '/admin',
    ...money(samples, middle),
    ...documents(samples, middle),
    ...people(samples, middle),
    ...rentals(samples, middle),
    ...messages(samples, middle),
    ...system(samples, lines?.middle ?? 1),
  ];
}
