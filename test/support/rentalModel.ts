/**
 * Rental as somebody would do it with pencil and paper, one person at a time: which terms they have paid, what has been
 * said to them, what is in their wallet. Shares nothing with the service but the names of plans, refusals and events.
 */

export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const TERM = 30 * DAY;
const GRACE_DAYS = 3;
const TRIAL_DAYS = 7;
/** The longest that operators can set. */
export const TOPUP_LIVES = 24 * HOUR;

export type Plan = 'pln_basic' | 'pln_premium' | 'pln_enterprise';
export const prices: Record<Plan, bigint> = { pln_basic: 499_00n, pln_premium: 1_499_00n, pln_enterprise: 4_999_00n };

export interface Coupon {
  code: string;
  percent: number | null;
  most: bigint | null;
  terms: number;
  plans: Plan[] | null;
}

interface Period {
  number: number;
  plan: Plan;
  isTrial: boolean;
  from: number;
  to: number;
  price: bigint;
  off: bigint;
  coupon: Coupon | null;
  credit: bigint | null;
}

export interface Tenancy {
  id: string;
  state: 'alive' | 'expired' | 'cancelled';
  endedAt: number | null;
  /** What whoever begins again begins with. */
  finalPlan: Plan | null;
  isTrial: boolean;
  periods: Period[];
  running: number;
  auto: boolean;
  wish: Plan | null;
  isEnding: boolean;
  pausedAt: number | null;
  graceUntil: number | null;
  /** The smallest number of days before the end that was said, by term. */
  reminded: Map<number, number>;
  /** Moments of days of grace that were spoken of. */
  graceSaid: number[];
  /** Numbers of terms that were renewed to, by whatever way. */
  renewed: Set<number>;
  log: string[];
}

export interface Intent {
  does: 'start' | 'renew' | 'upgrade';
  plan: Plan;
  tenancy: Tenancy | null;
  number: number;
  total: bigint;
  quotedAt: number;
  amount: bigint;
}

export interface Person {
  wallet: bigint;
  tenancies: Tenancy[];
  coupons: { coupon: Coupon; left: number }[];
  hasTried: boolean;
  said: string[];
  papers: string[];
}

export const newPerson = (): Person => ({
  wallet: 0n,
  tenancies: [],
  coupons: [],
  hasTried: false,
  said: [],
  papers: [],
});

class No extends Error {}
const no = (code: string): never => {
  throw new No(code);
};

/** What a deed comes to: `ok`, or the code it is refused with, and then nothing has changed. */
export function outcome(deed: () => unknown): string {
  try {
    deed();
    return 'ok';
  } catch (error) {
    if (error instanceof No) return error.message;
    throw error;
  }
}

const live = (t: Tenancy) => t.periods.filter((p) => p.credit === null);
const last = (t: Tenancy) => live(t).at(-1) as Period; // a tenancy that is alive has one
export const paidUntil = (t: Tenancy) => (t.state === 'alive' ? last(t) : (t.periods.at(-1) as Period)).to;
const clockOf = (t: Tenancy, now: number) => t.pausedAt ?? now;
const alive = (p: Person) => p.tenancies.find((t) => t.state === 'alive');
const graceEnd = (t: Tenancy) => t.graceUntil ?? paidUntil(t) + (t.isTrial ? 0 : GRACE_DAYS * DAY);
/** By the clock: in time, in grace, or over. */
function phase(t: Tenancy, now: number): 'time' | 'grace' | 'over' {
  if (t.state !== 'alive') return 'over';
  const at = clockOf(t, now);
  if (at < paidUntil(t)) return 'time';
  return t.isEnding || at >= graceEnd(t) ? 'over' : 'grace';
}

function discount(p: Person, plan: Plan): { off: bigint; held: Person['coupons'][number] | null } {
  let best: ReturnType<typeof discount> = { off: 0n, held: null };
  for (const held of p.coupons) {
    const { percent, most, plans } = held.coupon;
    if (held.left === 0 || (plans && !plans.includes(plan))) continue;
    const price = prices[plan];
    let off = percent === null ? (most ?? 0n) : (price * BigInt(percent)) / 100n;
    if (most !== null && off > most) off = most;
    if (off > price) off = price;
    if (off > best.off) best = { off, held };
  }
  return best;
}

export const cost = (p: Person, plan: Plan) => prices[plan] - discount(p, plan).off;
const short = (p: Person, due: bigint) => (p.wallet < due ? due - p.wallet : 0n);

function pay(p: Person, t: Tenancy, plan: Plan, from: number): Period {
  const { off, held } = discount(p, plan);
  const price = prices[plan];
  if (held) held.left -= 1;
  const number = t.periods.length + 1;
  const coupon = held?.coupon ?? null;
  const period: Period = { number, plan, isTrial: false, from, to: from + TERM, price, off, coupon, credit: null };
  t.periods.push(period);
  p.wallet -= price - off;
  if (price > off) p.papers.push(`receipt renew:${t.id}:${number} ${price - off}`);
  Object.assign(t, { isTrial: false, graceUntil: null, wish: null });
  return period;
}

const newTenancy = (p: Person, auto: boolean, isTrial: boolean): Tenancy => {
  const t: Tenancy = {
    id: `${p.tenancies.length}`,
    state: 'alive',
    endedAt: null,
    finalPlan: null,
    isTrial,
    periods: [],
    running: 1,
    auto,
    wish: null,
    isEnding: false,
    pausedAt: null,
    graceUntil: null,
    reminded: new Map(),
    graceSaid: [],
    renewed: new Set(),
    log: [],
  };
  p.tenancies.push(t);
  return t;
};

function end(t: Tenancy, state: 'expired' | 'cancelled', at: number, finalPlan: Plan): void {
  Object.assign(t, { state, endedAt: at, pausedAt: null, finalPlan });
  t.log.push(state, 'stop');
}

const runningAt = (t: Tenancy, now: number) => live(t).find((p) => p.to > now) ?? last(t);
export const nextPlan = (t: Tenancy) => t.wish ?? last(t).plan;
/** What the row is expected to say of the plan that follows. */
export function nextPlanSaid(t: Tenancy): Plan | null {
  const running = t.periods[t.running - 1]?.plan;
  return nextPlan(t) === running && last(t).plan === running ? null : nextPlan(t);
}

/** Somebody looks at a tenancy at this moment: what is due has come to pass. */
export function look(p: Person, t: Tenancy, now: number, tells = true): void {
  if (t.state !== 'alive' || t.pausedAt !== null) return;
  const say = (kind: string) => tells && p.said.push(`contract.${kind}`);
  const end_ = paidUntil(t);
  const now_ = phase(t, now);
  if (now_ === 'over') {
    const state = t.isEnding ? 'cancelled' : 'expired';
    end(t, state, t.isEnding ? end_ : graceEnd(t), last(t).plan);
    say(state);
    return;
  }
  if (now_ === 'grace') {
    if (t.auto && short(p, cost(p, nextPlan(t))) === 0n) {
      t.renewed.add(pay(p, t, nextPlan(t), end_).number);
      t.log.push('renewed');
      say('renewed');
    } else {
      if (t.graceUntil === null) t.running = last(t).number;
      t.graceUntil = graceEnd(t);
      const day = end_ + Math.floor((now - end_) / DAY) * DAY;
      if (t.graceSaid.every((said) => said < day)) {
        t.graceSaid.push(day);
        t.log.push('grace');
        say('grace');
      }
      return;
    }
  }
  if (t.graceUntil !== null) return; // the clock has jumped back to before it
  const running = runningAt(t, now).number;
  if (running > t.running) {
    t.running = running;
    t.log.push('term_began');
  }
  remind(p, t, now, say);
}

function remind(p: Person, t: Tenancy, now: number, say: (kind: string) => unknown): void {
  const { number, from, to } = last(t);
  const due = [1, 3, 7].find((days) => now >= to - days * DAY && to - days * DAY > from);
  if (due === undefined || due >= (t.reminded.get(number) ?? 8)) return;
  t.reminded.set(number, due);
  t.log.push('reminded');
  const enough = short(p, cost(p, nextPlan(t))) === 0n;
  if (t.isEnding) say('reminder_end');
  else if (t.isTrial) say('reminder_trial');
  else if (!t.auto) say('reminder');
  else say(enough ? 'reminder_auto' : 'reminder_short');
}

export function sweep(people: Person[], now: number): void {
  for (const p of people) for (const t of p.tenancies) look(p, t, now);
}

/** A sweep by a clock that has jumped back: what has been looked at on a later day of grace is not looked at again. */
export function sweepBack(people: Person[], now: number): void {
  for (const p of people)
    for (const t of p.tenancies) {
      const day = paidUntil(t) + Math.floor((now - paidUntil(t)) / DAY) * DAY;
      if (t.graceUntil === null || t.graceSaid.every((said) => said < day)) look(p, t, now);
    }
}

/** What stands in the way of a new tenancy; one that is over by the clock is ended first. */
function clearWay(p: Person, now: number, tells: boolean): (() => void) | undefined {
  const t = alive(p);
  if (!t) return undefined;
  if (phase(t, now) !== 'over') no('contract.exists');
  return () => look(p, t, now, tells);
}

function begin(p: Person, plan: Plan, auto: boolean, now: number): void {
  const t = newTenancy(p, auto, false);
  pay(p, t, plan, now);
  t.log.push('started');
  look(p, t, now);
}

export function start(p: Person, plan: Plan, auto: boolean, now: number, most?: bigint): void {
  const endOld = clearWay(p, now, false);
  if (most !== undefined && cost(p, plan) > most) no('quote.changed');
  if (short(p, cost(p, plan)) > 0n) no('rental.short');
  endOld?.();
  begin(p, plan, auto, now);
}

export function tryOut(p: Person, plan: Plan, now: number): void {
  const endOld = clearWay(p, now, true);
  if (plan === 'pln_enterprise') no('trial.none');
  if (p.hasTried) no('trial.used');
  endOld?.();
  p.hasTried = true;
  const t = newTenancy(p, false, true);
  const period = { number: 1, plan, isTrial: true, from: now, to: now + TRIAL_DAYS * DAY };
  t.periods.push({ ...period, price: 0n, off: 0n, coupon: null, credit: null });
  t.log.push('trial_started');
  look(p, t, now);
}

/** The tenancy that a renewal is about, and the number of the term it would pay. */
export function renewal(p: Person): { t: Tenancy; number: number } {
  const t = alive(p) ?? p.tenancies.at(-1) ?? (no('contract.none') as never);
  return { t, number: t.periods.length + 1 };
}

export function checkRenewal(p: Person, now: number, t = renewal(p).t): { plan: Plan; over: boolean; t: Tenancy } {
  if (phase(t, now) === 'over') return { plan: t.finalPlan ?? last(t).plan, over: true, t };
  if (t.isEnding) no('contract.ending');
  if (paidUntil(t) - now > 12 * TERM) no('contract.too_far_ahead');
  return { plan: nextPlan(t), over: false, t };
}

export function renew(p: Person, now: number, most?: bigint, which?: Tenancy): void {
  const { plan, over, t } = checkRenewal(p, now, which);
  if (most !== undefined && cost(p, plan) > most) no('quote.changed');
  if (short(p, cost(p, plan)) > 0n) no('rental.short');
  if (over) {
    t.renewed.add(t.periods.length + 1);
    look(p, t, now, false);
    begin(p, plan, true, now);
    t.log.push('restarted');
    return;
  }
  if (t.isTrial) t.auto = true;
  t.renewed.add(pay(p, t, plan, paidUntil(t)).number);
  t.log.push('renewed');
  look(p, t, now);
}

function unused(period: Period, at: number): bigint {
  const paid = period.price - period.off;
  if (at <= period.from) return paid;
  const left = Math.floor((period.to - at) / 1000);
  return (paid * BigInt(left)) / BigInt((period.to - period.from) / 1000);
}

const credit = (t: Tenancy, at: number) =>
  live(t).reduce((sum, period) => sum + (period.to > at ? unused(period, at) : 0n), 0n);

/** Ends what has not ended, for what it is still worth. */
function cut(p: Person, t: Tenancy, at: number): void {
  for (const period of live(t)) {
    if (period.to <= at) continue;
    period.credit = unused(period, at);
    p.wallet += period.credit;
    if (period.credit > 0n) p.papers.push(`credit_note unused:${t.id}:${period.number} ${period.credit}`);
    const held = p.coupons.find((c) => c.coupon === period.coupon);
    if (period.from > at && held) held.left += 1;
  }
}

export function checkUpgrade(
  p: Person,
  plan: Plan,
  now: number,
  quotedAt = now,
): { t: Tenancy; back: bigint; at: number } {
  const t = alive(p) ?? (no('contract.none') as never);
  if (phase(t, now) === 'over') no('contract.expired');
  if (t.pausedAt !== null) no('contract.paused');
  if (t.isEnding) no('contract.ending');
  const has = runningAt(t, now).plan;
  if (plan === has || (prices[plan] <= prices[has] && !t.isTrial)) no('plan.not_higher');
  const at = quotedAt < now && now < paidUntil(t) && runningAt(t, now).from <= quotedAt ? quotedAt : now;
  return { t, back: credit(t, at), at };
}

export function upgrade(p: Person, plan: Plan, now: number, most?: bigint, quotedAt = now): void {
  const { t, back, at } = checkUpgrade(p, plan, now, quotedAt);
  if (most !== undefined && cost(p, plan) > most) no('quote.changed');
  if (short(p, cost(p, plan) - back) > 0n) no('rental.short');
  if (t.isTrial) t.auto = true;
  const from = Math.min(now, paidUntil(t));
  const { off, held } = discount(p, plan); // chosen before coupons come back
  cut(p, t, at);
  const before = p.coupons.map((c) => c.left);
  for (const c of p.coupons) if (c !== held) c.left = 0;
  pay(p, t, plan, from);
  for (const [i, c] of p.coupons.entries()) if (c !== held) c.left = before[i] ?? 0;
  if ((t.periods.at(-1) as Period).off !== off) throw new Error('the model chose another coupon');
  t.running = runningAt(t, now).number;
  t.log.push('upgraded');
  look(p, t, now);
}

function held(p: Person, now: number): Tenancy {
  const t = alive(p) ?? (no('contract.none') as never);
  return phase(t, now) === 'over' ? (no('contract.expired') as never) : t;
}

export function choose(p: Person, plan: Plan, now: number): void {
  const t = held(p, now);
  if (t.isEnding) no('contract.ending');
  if (t.isTrial) no('contract.trial');
  t.wish = plan === last(t).plan ? null : plan;
  t.log.push('plan_chosen');
  look(p, t, now);
}

export function setAuto(p: Person, auto: boolean, now: number): void {
  const t = held(p, now);
  if (t.isTrial) no('contract.trial');
  t.auto = auto;
  t.log.push('auto_renew_set');
  look(p, t, now);
}

export function redeem(p: Person, coupon: Coupon): void {
  if (p.coupons.some((held) => held.coupon === coupon)) no('coupon.used');
  p.coupons.push({ coupon, left: coupon.terms });
}

/** Money comes in: for nothing, or for something. */
export function credited(p: Person, amount: bigint, now: number, intent?: Intent): void {
  const t = alive(p);
  const isLapsing = t?.auto && t.pausedAt === null && now >= paidUntil(t);
  p.wallet += amount;
  if (intent) carryOut(p, intent, now);
  if (t && isLapsing) look(p, t, now);
}

function carryOut(p: Person, { does, plan, tenancy, number, total, quotedAt: saidAt }: Intent, now: number): void {
  if (does === 'renew' && tenancy?.renewed.has(number)) return; // by a press, or by itself
  const quotedAt = now <= saidAt + TOPUP_LIVES ? saidAt : now;
  const result = outcome(() => {
    if (does === 'start') start(p, plan, true, now, total);
    else if (does === 'upgrade') {
      if (alive(p) !== tenancy) no('contract.expired');
      upgrade(p, plan, now, total, quotedAt);
    } else {
      if (tenancy && tenancy.periods.length + 1 !== number) no('contract.changed');
      const other = alive(p);
      if (other && other !== tenancy) no('contract.exists');
      renew(p, now, total, tenancy ?? undefined);
    }
  });
  if (result === 'ok') p.said.push(`contract.${{ start: 'started', renew: 'renewed', upgrade: 'upgraded' }[does]}`);
  else p.said.push('rental.not_done');
}

/** What operators do. */
const ordered = (p: Person, now: number): Tenancy => {
  const t = p.tenancies.at(-1) ?? (no('contract.missing') as never);
  return phase(t, now) === 'over' ? (no('contract.ended') as never) : t;
};

export function extend(p: Person, days: number, now: number): void {
  const t = ordered(p, now);
  last(t).to += days * DAY;
  if (t.graceUntil !== null) {
    t.graceUntil += days * DAY;
    if (clockOf(t, now) < paidUntil(t)) t.graceUntil = null;
  }
  t.log.push('extended');
  p.said.push('contract.extended');
  look(p, t, now);
}

export function pause(p: Person, now: number): void {
  if (p.tenancies.at(-1)?.pausedAt != null) return;
  const t = ordered(p, now);
  t.pausedAt = now;
  t.log.push('paused');
  p.said.push('contract.paused');
}

export function resume(p: Person, now: number): void {
  const t = p.tenancies.at(-1) ?? (no('contract.missing') as never);
  if (t.pausedAt === null) return;
  const [stood, at, final] = [now - t.pausedAt, t.pausedAt, last(t)];
  for (const period of live(t)) {
    if (period.to <= at && period !== final) continue;
    period.from += stood;
    period.to += stood;
  }
  if (t.graceUntil !== null) {
    t.graceUntil += stood;
    t.graceSaid = t.graceSaid.map((said) => said + stood);
  }
  t.pausedAt = null;
  t.log.push('resumed');
  p.said.push('contract.resumed');
  look(p, t, now);
}

export function setEnding(p: Person, isEnding: boolean, now: number): void {
  const t = ordered(p, now);
  if (t.isEnding === isEnding) return;
  t.isEnding = isEnding;
  t.log.push('end_set');
  p.said.push(isEnding ? 'contract.end_set' : 'contract.end_unset');
  look(p, t, now);
}

export function refund(p: Person, now: number): void {
  const t = ordered(p, now);
  cut(p, t, clockOf(t, now));
  end(t, 'cancelled', now, (t.periods[t.running - 1] as Period).plan);
  t.log.push('refunded');
  p.said.push('contract.refunded');
}

const SMALLEST_TOPUP = 20_00n;

/** A top-up of what is missing for something; undefined when nothing is. */
export function intend(p: Person, does: Intent['does'], plan: Plan, now: number): Intent | undefined {
  const base = { does, quotedAt: now };
  const sized = (due: bigint, rest: Omit<Intent, 'amount' | 'does' | 'quotedAt'>): Intent | undefined => {
    const missing = short(p, due);
    return missing === 0n
      ? undefined
      : { ...base, ...rest, amount: missing > SMALLEST_TOPUP ? missing : SMALLEST_TOPUP };
  };
  if (does === 'start') {
    clearWay(p, now, false);
    const total = cost(p, plan);
    return sized(total, { plan, tenancy: null, number: 1, total });
  }
  if (does === 'renew') {
    const { number } = renewal(p);
    const { plan: next, t } = checkRenewal(p, now);
    const total = cost(p, next);
    return sized(total, { plan: next, tenancy: t, number, total });
  }
  const { t, back } = checkUpgrade(p, plan, now);
  const total = cost(p, plan);
  return sized(total - back, { plan, tenancy: t, number: t.periods.length + 1, total });
}

/** When something falls due for a tenancy: reminders, ends, days of grace. */
export function moments(t: Tenancy): number[] {
  if (t.state !== 'alive' || t.pausedAt !== null) return [];
  const to = paidUntil(t);
  const days = [-7, -3, -1, 0, 1, 2, 3];
  return [...days.map((n) => to + n * DAY), ...live(t).map((period) => period.to)];
}
