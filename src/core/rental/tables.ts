import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { moment, satang, version } from '../columns.ts';
import type { IdentityId, TopupId, UserId } from '../id.ts';
import { topup } from '../money/tables.ts';
import { identity, user } from '../people/tables.ts';

const userId = () =>
  text()
    .$type<UserId>()
    .notNull()
    .references(() => user.id);

export type PlanStatus = 'offered' | 'retired';

/** What we sell. Data, not code: operators create, reprice and retire plans. */
export const plan = pgTable(
  'plan',
  {
    id: text().primaryKey(),
    /** What people type: `premium`. */
    code: text().notNull(),
    nameTh: text().notNull(),
    nameEn: text().notNull(),
    aboutTh: text().notNull(),
    aboutEn: text().notNull(),
    /** For one term, VAT included. */
    priceSatang: satang().notNull(),
    features: jsonb().$type<string[]>().notNull(),
    /** Limits by name; a name that is missing or null has no limit. */
    quotas: jsonb().$type<Record<string, number | null>>().notNull(),
    /** Days of the trial that begins with this plan; 0 for none. */
    trialDays: integer().notNull(),
    status: text().$type<PlanStatus>().notNull(),
    /** What it cost before its last new price. */
    formerPriceSatang: satang(),
    /** Holders whose contract comes after this id are still to be told of the new price; null when all know. */
    tellAfter: text(),
    version: version(),
    createdAt: moment().notNull(),
    updatedAt: moment().notNull(),
  },
  (t) => [uniqueIndex('plan_code').on(t.code), check('plan_price', sql`${t.priceSatang} > 0`)],
);

const planId = () =>
  text()
    .notNull()
    .references(() => plan.id);

export type ContractStatus = 'trial' | 'active' | 'grace' | 'expired' | 'cancelled';

/** What a person holds of us. `rental/life.ts` tells its life; at most one of a person is alive. */
export const contract = pgTable(
  'contract',
  {
    id: text().primaryKey(),
    userId: userId(),
    planId: planId(),
    status: text().$type<ContractStatus>().notNull(),
    /** The number of the running term; those after it are paid ahead. */
    term: integer().notNull(),
    /** End of the last paid term: from here on grace counts. */
    paidUntil: moment().notNull(),
    /** Grace as it was when it began: a changed setting moves nobody's end. */
    graceUntil: moment(),
    autoRenew: boolean().notNull(),
    /** The plan after the paid terms, where it is another one than runs or than was paid last. */
    nextPlanId: text().references(() => plan.id),
    /** Set while an operator has stopped its time. */
    pausedAt: moment(),
    cancelAtEnd: boolean().notNull().default(false),
    /** The days before the end that the person was last reminded of in this term. */
    remindedDays: integer(),
    /** The day of grace that the person was last told of. */
    toldGraceDay: integer(),
    /** When the sweep has to look at it next; null when nothing will happen by itself. */
    dueAt: moment(),
    version: version(),
    createdAt: moment().notNull(),
    endedAt: moment(),
  },
  (t) => [
    uniqueIndex('contract_alive').on(t.userId).where(sql`status in ('trial', 'active', 'grace')`),
    index('contract_user').on(t.userId, t.id),
    index('contract_due').on(t.dueAt).where(sql`due_at is not null`),
    index('contract_status').on(t.status, t.id),
    index('contract_plan').on(t.planId, t.id),
    index('contract_holder').on(t.planId, t.id).where(sql`status in ('trial', 'active', 'grace')`),
    index('contract_next_plan').on(t.nextPlanId, t.id).where(sql`next_plan_id is not null`),
  ],
);

const contractId = () =>
  text()
    .notNull()
    .references(() => contract.id);

export type TermKind = 'trial' | 'paid';

/** One period of a contract, with what was agreed for it: later prices do not touch it. */
export const term = pgTable(
  'term',
  {
    contractId: contractId(),
    number: integer().notNull(),
    planId: planId(),
    kind: text().$type<TermKind>().notNull(),
    startsAt: moment().notNull(),
    endsAt: moment().notNull(),
    priceSatang: satang().notNull(),
    discountSatang: satang().notNull(),
    /** Given back for time that was not used, by an upgrade or a refund. */
    creditedSatang: satang().notNull().default(sql`0`),
    /** When it ended early, or never began. */
    cutAt: moment(),
    createdAt: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.contractId, t.number] }),
    check('term_amounts', sql`${t.discountSatang} between 0 and ${t.priceSatang}`),
    check('term_credited', sql`${t.creditedSatang} between 0 and ${t.priceSatang} - ${t.discountSatang}`),
  ],
);

/** What happened to a contract, once for each key: the story shown to operators, and what stops trading bots. */
export const contractEvent = pgTable(
  'contract_event',
  {
    id: text().primaryKey(),
    contractId: contractId(),
    kind: text().notNull(),
    key: text().notNull(),
    detail: jsonb().$type<Record<string, string>>().notNull(),
    at: moment().notNull(),
  },
  (t) => [uniqueIndex('contract_event_key').on(t.key), index('contract_event_contract').on(t.contractId, t.id)],
);

export type Deed = 'start' | 'renew' | 'upgrade';

/** What a top-up is for: its payment goes on to pay this, in the transaction that credits it. */
export const rentIntent = pgTable(
  'rent_intent',
  {
    topupId: text()
      .$type<TopupId>()
      .primaryKey()
      .references(() => topup.id),
    userId: userId(),
    does: text().$type<Deed>().notNull(),
    planId: planId(),
    /** The contract to renew or upgrade; null for a start. */
    contractId: text().references(() => contract.id),
    /** The number of the term that is to be paid. */
    term: integer().notNull(),
    /** What the term was said to cost; it is not rented for more. */
    totalSatang: satang().notNull(),
    createdAt: moment().notNull(),
    doneAt: moment(),
    /** The code of what stood against it, where it was not done. */
    refusal: text(),
  },
  (t) => [index('rent_intent_user').on(t.userId, t.createdAt)],
);

export type CouponKind = 'percent' | 'fixed';

export const coupon = pgTable(
  'coupon',
  {
    id: text().primaryKey(),
    /** In capitals. */
    code: text().notNull(),
    kind: text().$type<CouponKind>().notNull(),
    /** Of 100; for the kind `percent`. */
    percent: integer(),
    /** The most a percentage takes off one term, or what a fixed coupon takes off. */
    amountSatang: satang(),
    /** How many terms of a contract it is good for. */
    terms: integer().notNull(),
    mostPerPerson: integer().notNull(),
    mostInTotal: integer(),
    /** Plans it is good for; null for all. */
    planIds: jsonb().$type<string[] | null>(),
    validFrom: moment().notNull(),
    validUntil: moment(),
    retiredAt: moment(),
    version: version(),
    createdAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex('coupon_code').on(t.code),
    check('coupon_percent', sql`(${t.kind} = 'percent') = (${t.percent} is not null)`),
    check('coupon_fixed', sql`${t.kind} <> 'fixed' or ${t.amountSatang} > 0`),
  ],
);

/** A person took a coupon up; `termsLeft` terms of theirs still get it. */
export const couponRedemption = pgTable(
  'coupon_redemption',
  {
    id: text().primaryKey(),
    couponId: text()
      .notNull()
      .references(() => coupon.id),
    userId: userId(),
    /** What asked for it, so that a repeated message takes nothing up a second time. */
    requestKey: text().notNull(),
    termsLeft: integer().notNull(),
    redeemedAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex('coupon_redemption_request').on(t.requestKey),
    index('coupon_redemption_coupon').on(t.couponId, t.userId),
    index('coupon_redemption_user').on(t.userId),
    check('terms_left_not_below_zero', sql`${t.termsLeft} >= 0`),
  ],
);

/** The discount a term got. */
export const couponUse = pgTable(
  'coupon_use',
  {
    contractId: contractId(),
    term: integer().notNull(),
    redemptionId: text()
      .notNull()
      .references(() => couponRedemption.id),
    discountSatang: satang().notNull(),
    usedAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.contractId, t.term] }), index('coupon_use_redemption').on(t.redemptionId)],
);

/** Whose trial was used. A login keeps it for good: neither a new account nor joining two gives another. */
export const trialUse = pgTable('trial_use', {
  /** `provider:subject`, hashed: closing an account erases who it was. */
  loginHash: text().primaryKey(),
  contractId: contractId(),
  usedAt: moment().notNull(),
});

/** Which role a Discord server gives to holders of a plan. */
export const guildRole = pgTable(
  'guild_role',
  {
    guildId: text().notNull(),
    planId: planId(),
    roleId: text().notNull(),
    setBy: text().notNull(),
    setAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.guildId, t.planId] })],
);

/** `waiting` to be given, taken or confirmed; `absent` while its member is not in the server; `given`. */
export type GrantStatus = 'waiting' | 'absent' | 'given';

/**
 * A role that we gave to a member or are giving, so that we take back no role that somebody else gave.
 * `rental/guildGrant.ts` tells how it lives.
 */
export const guildGrant = pgTable(
  'guild_grant',
  {
    guildId: text().notNull(),
    identityId: text()
      .$type<IdentityId>()
      .notNull()
      .references(() => identity.id),
    roleId: text().notNull(),
    status: text().$type<GrantStatus>().notNull(),
    /** Nobody does anything about it before this moment; of a role that is given the moment at which it was. */
    dueAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.guildId, t.identityId, t.roleId] }), index('guild_grant_identity').on(t.identityId)],
);
