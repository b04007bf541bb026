/**
 * Every refusal the service can give, code → kind. A code never changes once shipped: people quote it, programs
 * branch on it. The words live in `text/<language>/` under `error-<code with dashes>`; a test holds the two together.
 */
const refusals = {
  'access.denied': 'forbidden',
  'user.missing': 'missing',
  'user.blocked': 'forbidden',
  'user.merged': 'conflict',
  'user.closed': 'conflict',
  'user.changed': 'conflict',
  'user.not_closable': 'conflict',
  'reason.required': 'invalid',
  'setting.invalid': 'invalid',
  'setting.stale': 'conflict',

  'amount.invalid': 'invalid',
  'topup.amount_too_small': 'invalid',
  'topup.amount_too_large': 'invalid',
  'topup.too_many_pending': 'limited',
  'topup.too_many_requests': 'limited',
  'topup.missing': 'missing',
  'topup.not_cancellable': 'conflict',
  'topup.not_settled': 'conflict',
  'topup.already_settled': 'conflict',
  'gateway.unavailable': 'unavailable',

  'wallet.insufficient': 'conflict',
  'ledger.key_reused': 'conflict',
  'ledger.account_missing': 'missing',
  'payment.charge_used': 'conflict',
  'refund.exceeds_payment': 'conflict',
  'refund.which_charge': 'invalid',
  'refund.changed': 'conflict',
  'refund.exceeds_wallet': 'conflict',
  'adjustment.missing': 'missing',
  'adjustment.decided': 'conflict',
  'adjustment.own': 'forbidden',
  'adjustment.exceeds_wallet': 'conflict',
  'suspense.missing': 'missing',
  'suspense.closed': 'conflict',
  'promptpay.id_invalid': 'invalid',
  'promptpay.amount_invalid': 'invalid',
  'promptpay.reference_invalid': 'invalid',

  'document.missing': 'missing',
  'document.key_reused': 'conflict',
  'document.exceeds_original': 'conflict',
  'buyer.name_invalid': 'invalid',
  'buyer.address_invalid': 'invalid',
  'buyer.tax_id_invalid': 'invalid',
  'buyer.branch_invalid': 'invalid',
  'plan.missing': 'missing',
  'plan.retired': 'conflict',
  'plan.not_higher': 'conflict',
  'plan.exists': 'conflict',
  'plan.stale': 'conflict',
  'plan.invalid': 'invalid',
  'contract.none': 'forbidden',
  'contract.expired': 'forbidden',
  'contract.exists': 'conflict',
  'contract.missing': 'missing',
  'contract.changed': 'conflict',
  'contract.ended': 'conflict',
  'contract.ending': 'conflict',
  'contract.paused': 'conflict',
  'contract.trial': 'conflict',
  'contract.too_far_ahead': 'conflict',
  'quote.changed': 'conflict',
  'rental.short': 'conflict',
  'rental.frozen': 'conflict',
  'days.invalid': 'invalid',
  'coupon.unknown': 'missing',
  'coupon.over': 'conflict',
  'coupon.used': 'conflict',
  'coupon.used_up': 'conflict',
  'coupon.missing': 'missing',
  'coupon.exists': 'conflict',
  'coupon.invalid': 'invalid',
  'trial.none': 'conflict',
  'trial.used': 'conflict',
  'feature.not_in_plan': 'forbidden',
  'feature.not_offered': 'forbidden',
  'feature.quota_reached': 'forbidden',
  'feature.quota_most': 'forbidden',

  'guild.not_admin': 'forbidden',
  'guild.not_there': 'conflict',
  'guild.away': 'unavailable',
  'guild.no_permission': 'conflict',
  'guild.role_missing': 'missing',
  'guild.role_everyone': 'conflict',
  'guild.role_managed': 'conflict',
  'guild.role_powerful': 'forbidden',
  'guild.role_too_high': 'conflict',
  'guild.missing': 'missing',
  'guild.changed': 'conflict',

  'link.code_invalid': 'missing',
  'link.same_account': 'conflict',
  'link.closed': 'conflict',
  'quiet_hours.invalid': 'invalid',
  'date.invalid': 'invalid',
  'date.reversed': 'invalid',
  'language.unknown': 'invalid',
  'text.too_long': 'invalid',

  'notice.missing': 'missing',
  'notice.not_failed': 'conflict',
  'broadcast.missing': 'missing',
  'broadcast.stale': 'conflict',
  'broadcast.closed': 'conflict',
  'broadcast.thai_invalid': 'invalid',
  'broadcast.english_invalid': 'invalid',
  'broadcast.rate_invalid': 'invalid',
  'broadcast.days_invalid': 'invalid',
  'broadcast.nobody_found': 'missing',
  'broadcast.many_found': 'conflict',

  'command.unknown': 'missing',
  'command.private': 'forbidden',
  'command.servers_only': 'forbidden',
  'argument.unknown': 'invalid',
  'button.stale': 'conflict',
  'question.expired': 'conflict',

  'account.missing': 'missing',
  'account.changed': 'conflict',
  'account.exchange_unknown': 'invalid',
  'account.endpoint_unknown': 'invalid',
  'account.label_invalid': 'invalid',
  'account.label_taken': 'conflict',
  'account.group_invalid': 'invalid',
  'account.key_malformed': 'invalid',
  'account.passphrase_missing': 'invalid',
  'account.key_used': 'conflict',
  'account.key_invalid': 'invalid',
  'account.key_refused': 'invalid',
  'account.key_expired': 'invalid',
  'account.suspended': 'invalid',
  'account.ip_not_allowed': 'invalid',
  'account.permission': 'invalid',
  'account.withdrawal': 'invalid',
  'account.clock': 'unavailable',
  'account.unreachable': 'unavailable',
  'account.maintenance': 'unavailable',
  'account.busy': 'unavailable',
  'account.turned_away': 'unavailable',
  'account.no_key': 'conflict',
  'account.too_many': 'limited',
  'account.stopped': 'forbidden',
  'account_link.invalid': 'missing',
  'account_link.used': 'conflict',
  'account_link.insecure': 'unavailable',

  'candles.broken': 'invalid',
  'candles.outside': 'invalid',
  'candles.none': 'missing',
  'candles.too_few': 'invalid',
  'candles.too_many': 'invalid',
  'candles.cancelled': 'conflict',
  'market.source_unknown': 'missing',
  'market.not_traded': 'missing',
  'market.unsupported': 'invalid',
  'market.unreachable': 'unavailable',
  'market.slow': 'unavailable',
  'market.limited': 'unavailable',
  'market.maintenance': 'unavailable',
  'market.region': 'unavailable',
  'market.malformed': 'unavailable',
  'run.too_many_waiting': 'limited',
  'run.missing': 'missing',
  'run.ended': 'conflict',
  'run.interrupted': 'unavailable',
  'run.not_done': 'conflict',
  'run.strategy_threw': 'invalid',
  'run.strategy_endless': 'invalid',
  'run.too_few_candles': 'invalid',
  'run.too_large': 'invalid',
  'run.walk_too_short': 'invalid',
  'strategy.unknown': 'invalid',
  'strategy.param_wrong': 'invalid',
  'strategy.setting_wrong': 'invalid',
  'option.malformed': 'invalid',
  'option.unknown': 'invalid',
  'option.not_a_number': 'invalid',
  'option.range_wrong': 'invalid',
  'option.range_here': 'invalid',
  'optimize.too_many': 'invalid',
  'batch.markets_wrong': 'invalid',
  'batch.sources_differ': 'invalid',
  'backtest.dates_reversed': 'invalid',
  'backtest.from_in_future': 'invalid',
  'market.symbol_unknown': 'invalid',

  'portfolio.part_missing': 'missing',
  'portfolio.position_missing': 'missing',
  'portfolio.dust_invalid': 'invalid',
  'portfolio.alert_invalid': 'invalid',
  'portfolio.too_many_alerts': 'limited',

  'webhook.unconfigured': 'unavailable',
  'webhook.unsigned': 'unauthenticated',
  'webhook.signature': 'unauthenticated',
  'webhook.stale': 'unauthenticated',
  'webhook.malformed': 'malformed',
  'webhook.invalid': 'invalid',
  'body.too_large': 'too_large',
  'body.slow': 'timeout',
  'body.cut_off': 'malformed',
  'request.invalid': 'invalid',
  'http.missing': 'missing',
  'http.loopback_only': 'forbidden',
  'http.cross_site': 'forbidden',

  'sign_in.wrong': 'unauthenticated',
  'sign_in.code_wrong': 'unauthenticated',
  'sign_in.too_many': 'limited',
  'session.ended': 'unauthenticated',
  'session.unconfirmed': 'forbidden',
  'session.proof_wrong': 'unauthenticated',
  'second_factor.enrolled': 'conflict',
  'second_factor.missing': 'conflict',
  'invite.closed': 'missing',
  'operator.missing': 'missing',
  'operator.exists': 'conflict',
  'operator.last_owner': 'conflict',
  'operator.name_invalid': 'invalid',
  'operator.email_invalid': 'invalid',
  'operator.password_weak': 'invalid',
  'operator.role_unknown': 'invalid',
  'operator.password_wrong': 'unauthenticated',
  'operator.stale': 'conflict',
  'operator.oneself': 'conflict',
  'form.stale': 'forbidden',
  'live.too_many': 'limited',
  'export.running': 'limited',
  'export.too_many': 'limited',
  'argument.required': 'invalid',

  'job.missing': 'missing',
  'queue.away': 'unavailable',
  'reconciliation.missing': 'missing',

  'service.unavailable': 'unavailable',
  unexpected: 'unexpected',
} as const;

export type RefusalCode = keyof typeof refusals;
export type RefusalKind = (typeof refusals)[RefusalCode];
export type Params = Record<string, string | number | bigint | Date>;

/** Parameters as jsonb and JSON carry them: money and moments as text, so that every digit stays. */
export function asText(params: Params): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([k, v]) => [k, v instanceof Date ? v.toISOString() : String(v)]),
  );
}

/** Kind → HTTP status, for every edge that speaks HTTP. */
export const statusOf: Record<RefusalKind, 400 | 401 | 403 | 404 | 408 | 409 | 413 | 422 | 429 | 500 | 503> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  timeout: 408,
  conflict: 409,
  too_large: 413,
  invalid: 422,
  limited: 429,
  unexpected: 500,
  unavailable: 503,
};

export const refusalCodes = Object.keys(refusals) as RefusalCode[];

/** An answer of "no" that a person can act on. Anything else thrown is a bug. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly kind: RefusalKind;
  readonly params: Params;

  constructor(code: RefusalCode, params: Params = {}) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.kind = refusals[code];
    this.params = params;
  }
}

export function fail(code: RefusalCode, params: Params = {}): never {
  throw new Refusal(code, params);
}

/** An error as a log may hold it. */
export interface Described {
  name: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: Described;
}

/** A failed query carries its parameters behind its text: messages of people, QR payloads, tokens. */
const withoutParams = (text: string) => text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/g, '');

/** What went wrong and where, and nothing of what was being written at that moment. */
export function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error).slice(0, 200) };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: withoutParams(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack ? { stack: withoutParams(error.stack) } : {}),
    ...(error.cause !== undefined && depth < 4 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
