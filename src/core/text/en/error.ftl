error-access-denied = This is not yours to do. If you think it should be, write to our staff.
error-user-missing = There is no such person. Check the id and try again.
error-user-blocked = Your account is blocked, so I cannot do anything for you here. Your money is safe; please write to our staff to sort it out.
error-user-merged = This account was joined with another one. Please use it from there, or type /menu to begin again.
error-user-closed = This account was closed, and nothing more can be done with it. Whoever writes to us again begins as a new person.
error-user-changed = Somebody else has changed this meanwhile. Load the page again and look before you go on.
error-user-not_closable = { $why ->
    [wallet] There are { MONEY($amountSatang) } in the wallet. Refund them, or adjust the wallet to zero, before you close the account.
    [debt] This person owes us { MONEY($amountSatang) }. Settle the debt, or adjust the wallet by as much, before you close the account.
    [topup] A top-up is waiting for payment or being checked. Wait until it has expired, or settle it, before you close the account.
    [suspense] Money of this person is held in suspense. Match it or send it back before you close the account.
    [refund] A refund is waiting for its payment. See to it before you close the account.
    [adjustment] An adjustment of the wallet is waiting for a second operator. Have it decided or withdrawn before you close the account.
    [contract] There is a contract that still runs. End it before you close the account.
   *[roles] Roles in a Discord server are still being taken back. Try again in a while.
}
error-adjustment-missing = There is no such adjustment. Load the list again.
error-adjustment-decided = { $status ->
    [done] This adjustment was carried out already. Load the page again and look at the wallet.
    [refused] This adjustment was refused already. Ask for a new one if it is still needed.
   *[other] This adjustment was withdrawn already. Ask for a new one if it is still needed.
}
error-adjustment-own = You asked for this adjustment yourself. Another operator has to decide it; you may withdraw it.
error-adjustment-exceeds_wallet = The wallet holds only { MONEY($walletSatang) }. Take no more than that.
error-reason-required = A reason is needed. Write in a few words why, then try again.
error-setting-invalid = The value for { $key } cannot be used: { $why }. Correct it and save again.
error-setting-stale = Somebody else has changed { $key } meanwhile. Load the page again, then make your change.
error-amount-invalid = “{ $text }” is not an amount I understand. Write it in baht, for example 500 or 1,500.50.
error-topup-amount_too_small = The smallest top-up is { MONEY($minSatang) }. Choose an amount between { MONEY($minSatang) } and { MONEY($maxSatang) }.
error-topup-amount_too_large = The largest top-up is { MONEY($maxSatang) }. Choose an amount between { MONEY($minSatang) } and { MONEY($maxSatang) }.
error-topup-too_many_pending = { COUNT($most) ->
    [one] 1 top-up is
   *[other] { COUNT($most) } top-ups are
} waiting for payment already. Pay or cancel one of them first.
error-topup-too_many_requests = That was quick: at most { $most } top-ups a minute. Please wait a minute and try again.
error-topup-missing = This top-up does not exist, or it is not yours. Look under /transactions.
error-topup-not_cancellable = { $status ->
    [review] Our staff is looking at this top-up, so it cannot be cancelled. You will be told how it ends.
    [settled] This top-up is paid already. The money is in your wallet.
    [failed] This top-up failed at the bank. Nothing was taken; make a new one.
   *[other] This top-up has expired. Make a new one.
}
error-topup-not_settled = This top-up is not paid, so there is no receipt or refund for it. Look under /transactions.
error-topup-already_settled = This top-up is settled already. Look at its payments before you credit anything.
error-gateway-unavailable = The payment service does not answer at the moment. Nothing was taken; please try again in a minute.
error-wallet-insufficient = There is not enough in the wallet: { MONEY($amountSatang) } is needed. Top up and try again.
error-ledger-key_reused = This payment was recorded before with other figures. Nothing was moved; compare the two before you go on.
error-ledger-account_missing = This ledger account does not exist. Nothing was moved; check the id.
error-payment-charge_used = Payment { $chargeId } is recorded already, for another top-up. Check the number on the bank statement.
error-refund-exceeds_payment = That is more than is left of this payment. Choose a smaller amount.
error-refund-exceeds_wallet = The wallet holds only { MONEY($walletSatang) }; the rest is spent. Choose a smaller amount.
error-suspense-missing = There is no such held payment. Load the list again.
error-suspense-closed = { $status ->
    [matched] This held payment was credited to somebody already. Load the list again.
   *[other] This held payment was sent back already. Load the list again.
}
error-document-missing = There is no such document, or it is not yours. Load the list again.
error-document-key_reused = This payment has document { $reference } already, with other figures. Nothing was issued; compare the two before you go on.
error-document-exceeds_original = That is more than is left of the original document: { MONEY($amountSatang) }. Choose a smaller amount.
error-buyer-name_invalid = A name has 1 to { $max } Thai or Latin letters, without emoji. Please write it like that.
error-buyer-address_invalid = An address has at most { $max } Thai or Latin letters, without emoji. Please write it like that.
error-buyer-tax_id_invalid = This is not a valid tax ID. Check its 13 digits, or write - if you have none.
error-buyer-branch_invalid = A branch has five digits, and 00000 is the head office. Correct it, or write - to leave it out.
error-promptpay-id_invalid = The PromptPay id is not a valid phone number, national or tax id, e-wallet or biller id. Check its digits.
error-promptpay-amount_invalid = A QR can ask for ฿0.01 up to ฿9,999,999,999.99. Choose an amount in between.
error-promptpay-reference_invalid = A reference has 1 to 20 capital letters and digits. Correct it and try again.
error-plan-missing = There is no such plan. Look at /plans.
error-plan-retired = The { NAME($planTh, $planEn) } plan is no longer offered. Choose another one at /plans.
error-plan-not_higher = { NAME($planTh, $planEn) } does not cost more than the plan you have, so there is nothing to upgrade to at once. Choose it as your next plan instead.
error-plan-exists = There is a plan with the code { $code } already. Choose another code.
error-plan-stale = Somebody else has changed this plan meanwhile. Load the page again, then make your change.
error-contract-none = You have no contract at the moment. Choose a plan at /plans.
error-plan-invalid = { $field ->
    [code] The code is 2 to 32 small letters, digits and _, and begins with a letter.
    [nameTh] The name in Thai is 1 to 40 letters.
    [nameEn] The name in English is 1 to 40 letters.
    [aboutTh] What is said of the plan in Thai is 1 to 300 letters.
    [aboutEn] What is said of the plan in English is 1 to 300 letters.
    [features] One of the features is not known any more.
    [quotas] The most trading bots is a whole number from 0 to 1,000,000, or empty.
    [trialDays] The days of trial are a whole number from 0 to 60.
    [priceSatang] The price is more than nothing and at most 10,000,000 baht.
   *[other] Something about the plan is not valid.
} Correct it and save again.
error-contract-expired = Your { NAME($planTh, $planEn) } contract ended on { AT($endedAt) }. Renew it with /renew and go on at once.
error-contract-exists = You have a contract already. Renew it with /renew, or change its plan at /contract.
error-contract-missing = There is no such contract. Load the list again.
error-contract-changed = Your contract has changed meanwhile. Look at /contract and try again.
error-contract-ended = This contract has ended and stays so. Its holder can begin a new one.
error-contract-ending = This contract ends on { AT($until) } and cannot be renewed. Please write to our staff.
error-contract-paused = The clock of your contract stands still, paid until { AT($until) } at least. Please try again when it runs.
error-contract-trial = This is a trial, with nothing to renew. Pay its first term with /renew, then choose.
error-contract-too_far_ahead = Your contract is paid until { AT($until) } already. Renew it later; at most twelve terms are paid ahead.
error-quote-changed = It costs { MONEY($totalSatang) } now, more than you were told. Nothing was paid; look at the new price and decide again.
error-rental-short = { MONEY($missingSatang) } is missing in your wallet to pay { MONEY($totalSatang) }. Top up that much and try again.
error-rental-frozen = You still owe { MONEY($owedSatang) }, so nothing new can be rented. Top up that much first; it is settled by itself.
error-days-invalid = The number of days is 1 to { $most }. Correct it and try again.
error-coupon-unknown = There is no coupon { $code }. Check the letters and try again.
error-coupon-over = This coupon is not valid at the moment. Check its dates, or use another one.
error-coupon-used = You have used this coupon as often as it can be used. Try another one.
error-coupon-used_up = This coupon has been used up by others. Try another one.
error-coupon-missing = There is no such coupon. Load the list again.
error-coupon-exists = There is a coupon { $code } already. Choose another code.
error-coupon-invalid = { $field ->
    [code] The code is 3 to 32 letters from A to Z, digits, - and _.
    [percent] The percentage is a whole number from 1 to 100.
    [amountSatang] The amount is more than nothing, for example 50 or 49.50.
    [terms] The number of terms is 1 to 120.
    [mostPerPerson] The times per person are 1 to 1,000.
    [mostInTotal] The times in total are 1 to 10,000,000, or empty.
    [planIds] One of the plans does not exist any more.
    [validFrom] The first day is missing or is no day of the calendar.
    [validUntil] The last day is no day of the calendar, or comes before the first.
   *[other] Something about the coupon is not valid.
} Correct it and save again.
error-trial-none = There is no trial of the { NAME($planTh, $planEn) } plan. Look at /plans for one that has.
error-trial-used = You have had your trial; it is once per person. Choose a plan at /plans.
error-feature-not_in_plan = Your plan does not include { $feature ->
    [all_strategies] all strategies
    [live_notices] live notices
    [portfolio_aggregation] one portfolio over all accounts
    [custom_strategies] custom strategies
    [plugins] plugins
    [api_access] API access
    [multi_account_portfolio] multi-account portfolios
   *[basic_strategies] strategies
}; { NAME($planTh, $planEn) } does. Change your plan at /contract.
error-feature-not_offered = { $feature ->
    [all_strategies] All strategies are
    [live_notices] Live notices are
    [portfolio_aggregation] One portfolio over all accounts is
    [custom_strategies] Custom strategies are
    [plugins] Plugins are
    [api_access] API access is
    [multi_account_portfolio] Multi-account portfolios are
   *[basic_strategies] Strategies are
} in no plan that is offered now. Please write to our staff.
error-feature-quota_reached = Your plan allows { $quota ->
   *[tradingBots] { COUNT($most) ->
        [one] 1 trading bot
       *[other] { COUNT($most) } trading bots
    }
}, and you have that many. { NAME($planTh, $planEn) } allows more; change your plan at /contract.
error-feature-quota_most = You have { $quota ->
   *[tradingBots] { COUNT($most) ->
        [one] 1 trading bot
       *[other] { COUNT($most) } trading bots
    }
}, the most that any plan allows. Stop one before you begin another.
error-guild-not_admin = Only those who may manage this server and its roles can do this. Ask an administrator of the server to do it, or to give you the permissions Manage Server and Manage Roles.
error-guild-not_there = I am not a member of this server, so I can give no roles here. Add me to the server once more, with the permission Manage Roles, and try again.
error-guild-away = The server cannot be asked at the moment. Nothing was changed; please try again in a minute.
error-guild-no_permission = I may not manage roles in this server. Give my role the permission Manage Roles, then try again.
error-guild-role_missing = This server does not have that role any more. Choose another one.
error-guild-role_everyone = Every member has this role already. Choose a role of its own for the plan.
error-guild-role_managed = { $role } is managed by another app, by boosts or by a subscription, so nobody can give it by hand. Make a role of its own for the plan.
error-guild-role_powerful = { $role } lets its members manage the server or other members, so it is never given for a plan. Take those permissions from the role, or choose another one.
error-guild-role_too_high = { $role } stands above my own highest role, or beside it. Drag my role above it in Server Settings → Roles, then try again.
error-guild-missing = This plan has no role in that server any more. Load the list again.
error-guild-changed = Another role was chosen for this plan meanwhile. Load the page again and look before you clear it.
error-link-code_invalid = This code is wrong, used or too old. Type /link in your other chat to get a new one.
error-link-same_account = You are in this account already. Type the code in your other chat, not here.
error-link-closed = This request to join accounts is over. Type /link to begin again.
error-quiet_hours-invalid = I need two different times such as 22:00 and 07:00. Please write it like that.
error-date-invalid = “{ $text }” is not a day I know. Write it like 2026-01-31 or 31/01/2569.
error-date-reversed = The first day is after the last. Swap them and try again.
error-language-unknown = I speak Thai (th) and English (en). Choose one of them.
error-text-too_long = That is too long: at most { $max } characters. Please shorten it.
error-command-unknown = There is no command /{ $name }. Type /help to see them all.
error-command-private = /{ $name } is between you and me. Write to me in a private chat.
error-command-servers_only = /{ $name } is used in a server, by those who manage it. Open your Discord server and use it there.
error-argument-unknown = “{ $text }” is not one of the choices. Choose from: { $choices }.
error-button-stale = This button is too old to be used. Open the menu and begin again.
error-question-expired = This question is over. Please begin again with the command or the menu.
error-webhook-unconfigured = No webhook secret is set here. Set PROMPTPAY_WEBHOOK_SECRET and send again.
error-webhook-unsigned = The request has no signature. Send X-Webhook-Timestamp and X-Webhook-Signature.
error-webhook-signature = The signature does not fit this body and timestamp. Sign the exact bytes you send.
error-webhook-stale = The timestamp is missing, not in Unix seconds, or more than 300 seconds off. Check the clock and sign again.
error-webhook-malformed = The body is not JSON in UTF-8. Correct it and send again.
error-webhook-invalid = The field { $field } is missing or not valid. Correct it and send again.
error-body-too_large = The request is too large: at most { $maxKib } KiB. Send less.
error-body-slow = The request took too long to arrive. Send it again.
error-body-cut_off = The request ended before all of it had arrived. Send it again.
error-http-missing = There is nothing at this address. Check the path.
error-http-loopback_only = This page is for the machine that runs the service. Open it there, on 127.0.0.1 or localhost.
error-http-cross_site = This request came from another site and was refused. Open the page itself and try again.
error-service-unavailable = The service is catching its breath. Nothing was lost; please try again in a moment.
error-unexpected = Something went wrong on our side, and we have been told. If it happens again, quote { $reference } to our staff.

error-sign_in-wrong = The e-mail address or the password is wrong. Check both and try again.
error-sign_in-code_wrong = This code is wrong, used or too old. Wait for the next code of your app, or use a recovery code.
error-sign_in-too_many = There were too many tries. Please try again at { AT($retryAt, style: "time") }.
error-session-ended = Your session is over. Please sign in again.
error-session-unconfirmed = Moving money needs your password or a code once more. Enter one of them and try again.
error-session-proof_wrong = This is neither your password nor the code your app shows now. Try again, or wait for the next code.
error-second_factor-enrolled = The second factor is set up already. Sign in with a code of your app.
error-invite-closed = This link was used or is too old. Ask for a new one; for the first operator, start the service again.
error-operator-missing = There is no such operator. Load the page again.
error-operator-exists = Somebody with this e-mail address is an operator already. Use another address.
error-operator-last_owner = This is the last owner, and somebody must be. Make another operator owner first.
error-operator-name_invalid = A name has 1 to 64 characters. Please enter one.
error-operator-email_invalid = This is not an e-mail address. Write it like name@example.com.
error-operator-password_weak = A password has { $min } to { $max } characters and is not your e-mail address. Choose another one.
error-operator-role_unknown = There is no such role. Choose one of the list.
error-form-stale = This form is too old to be used. Load the page again and repeat it.
error-export-running = One of your exports or checks is still running. Wait until it has ended, or cancel it, and try again.
error-export-too_many = { $most } exports or checks are running already, which is all we do at a time. Please try again in a minute.
error-argument-required = This field is empty. Fill it in and try again.
error-refund-which_charge = This top-up was paid { $count } times. Say which payment you mean.
error-refund-changed = Money was refunded meanwhile. Load the top-up again and look before you refund more.
error-request-invalid = The field { $field } is missing or not valid. Correct it and send again.
error-candles-broken = The candle of { $at } cannot be: { $why }. Nothing was stored. Correct the data and try again.
error-candles-outside = Of { $symbol } there are candles from { AT($from, style: "date") } to { AT($to, style: "date") } only. Choose a period inside.
error-candles-none = { $source } has no candles of { $symbol } in this period. Choose another period or another market.
error-candles-too_few = { $count ->
    [one] This period holds one candle of { $timeframe }; at least { $least } are needed. Choose a longer period or a shorter timeframe.
   *[other] This period holds { $count } candles of { $timeframe }; at least { $least } are needed. Choose a longer period or a shorter timeframe.
}
error-candles-too_many = This would be { QTY($count) } candles; at most { QTY($most) } are possible at once. Choose a shorter period or a longer timeframe.
error-candles-cancelled = This was cancelled. Candles that came already are kept; start it again to go on.
error-market-source_unknown = There is no source of candles called “{ $source }”. Choose from: { $choices }.
error-market-symbol_unknown = { $count ->
    [0] There is no market “{ $symbol }” at { $source }. Write it like BTC/USDT.
   *[other] There is no market “{ $symbol }” at { $source }. Did you mean { $nearest }?
}
error-market-not_traded = { $exchange } does not trade { $symbol }. Choose another market.
error-market-unsupported = { $exchange } does not give candles of { $timeframe }. Choose another timeframe or another exchange.
error-market-unreachable = { $exchange } cannot be reached at the moment. Candles that came already are kept; try again in a few minutes.
error-market-slow = { $exchange } takes too long to answer. Candles that came already are kept; try again in a few minutes.
error-market-limited = { $exchange } asks for fewer requests. Candles that came already are kept; try again in a few minutes.
error-market-maintenance = { $exchange } is closed for maintenance. Try again later, or choose another exchange.
error-market-region = { $exchange } does not answer to the country this service is in. Choose another exchange, or tell our staff.
error-market-malformed = { $exchange } sent an answer that cannot be read. Try again in a few minutes; if it goes on, tell our staff.
error-run-too_many_waiting = You have { $most } runs waiting already. Wait until one is done, or cancel one with /backtests.
error-run-missing = I cannot find that run. Type /backtests to see yours.
error-run-ended = That run has ended already. Type /backtests to see its result.
error-run-interrupted = The run was interrupted several times. That need not be the fault of your strategy. Please start it again, with a shorter period if it happens once more.
error-run-not_done = This run has no result yet. Wait for it, or type /backtests to see yours.
error-run-strategy_threw = The strategy { $strategy } stopped with an error of its own. Nothing else was affected. Try other parameters, or tell us if it happens again.
error-run-strategy_endless = The strategy { $strategy } was still computing after { $seconds } seconds and was stopped. Choose a shorter period or a longer timeframe.
error-run-too_few_candles = There are only { $candles } candles, and this strategy needs more than { $needed } before it can decide. Choose a longer period, a shorter timeframe or shorter periods of its indicators.
error-run-too_large = This run needed more memory than one may take. Choose a shorter period, a longer timeframe or fewer combinations.
error-run-walk_too_short = { $candles } candles are too few for a walk-forward of { $windows } windows. Choose a longer period or a shorter timeframe.
error-strategy-unknown = There is no strategy “{ $name }”. { $suggests ->
    [no] Choose from: { $choices }.
   *[yes] Did you mean { $nearest }? There are: { $choices }.
}
error-strategy-param_wrong = { $problem ->
    [not_a_number] { $param } has to be a number; “{ $given }” is none.
    [not_whole] { $param } has to be a whole number; { $given } is not.
    [too_small] { $param } is { QTY($given) }; the smallest allowed is { QTY($min) }.
    [too_large] { $param } is { QTY($given) }; the largest allowed is { QTY($max) }.
    [not_a_choice] { $param } cannot be “{ $given }”. Choose from: { $choices }.
    [not_below] { $param } is { QTY($given) }; it has to be smaller than { $other }.
   *[unknown] This strategy has no parameter “{ $param }”.
} See /strategies for what can be set.
error-strategy-setting_wrong = { $problem ->
    [needs_stop] Sizing by risk needs a stop: add stop=2% or trail=3%.
   *[out_of_bounds] { $name } has to be from { $min } to { $max }. Write shares as 2% or 0.02.
}
error-option-malformed = “{ $text }” is not an option. Write options as name=value, for example fast=10 fee=0.1%.
error-option-unknown = There is no option “{ $text }”. { $suggests ->
    [no] There are: { $choices }.
   *[yes] Did you mean { $nearest }? There are: { $choices }.
}
error-option-not_a_number = { $name } has to be a number such as 0.02 or 2%; “{ $given }” is none.
error-option-range_wrong = { $name }={ $given } is not a range that can be searched. Write it as { $name }=5..20 or { $name }=5..20/5, from small to large.
error-option-range_here = { $name } is given as a range. A range is for searching: use /optimize, or give one value here.
error-optimize-too_many = These ranges make { $count } combinations; { $most } are the most. Use larger steps, as in fast=5..50/5, or fewer ranges.
error-batch-markets_wrong = One to { $most } markets can be run together. Name them with spaces between, for example BTC ETH SOL.
error-batch-sources_differ = These markets are of different exchanges. Choose markets of one exchange.
error-backtest-dates_reversed = The period begins on { AT($from, style: "date") }, after its end on { AT($to, style: "date") }. Swap the two dates.
error-backtest-from_in_future = { AT($from, style: "date") } has not happened yet. Choose an earlier first day.

error-job-missing = There is no such job here any more. Load the list again; a dead letter of it can only be dropped.
error-queue-away = The job queue does not answer at the moment. Nothing was changed; try again in a minute, and look at the log if it stays away.
error-reconciliation-missing = There is no such comparison. It may be old and without differences; load the list again.

error-notice-missing = There is no such notice. Notices are kept for 400 days; load the list again.
error-notice-not_failed = { $status ->
    [muted] This notice was not told because the person has turned such notices off. There is nothing to try again.
   *[other] This notice was taken back. There is nothing to try again; load the page again.
}
error-broadcast-missing = There is no such broadcast. Load the list again.
error-broadcast-stale = Somebody has changed this broadcast meanwhile. Load the page again and look at it before you go on.
error-broadcast-closed = { $status ->
    [sending] This broadcast is being sent, so it can only be cancelled. Load the page again.
    [done] This broadcast is done. Load the page again; for more to say, write another one.
   *[other] This broadcast was cancelled. Load the page again; to send it after all, write another one.
}
error-broadcast-thai_invalid = The Thai text is missing or too long. Write 1 to { $max } characters.
error-broadcast-english_invalid = The English text is missing or too long. Write 1 to { $max } characters.
error-broadcast-rate_invalid = This is not a pace we can keep. Choose a whole number from { $min } to { $max }.
error-broadcast-days_invalid = This is not a number of days. Choose a whole number from { $min } to { $max }, or leave it empty.
error-broadcast-nobody_found = Nobody who can be written to matches “{ $text }”. Give an id (usr_…), a top-up's reference (TU…) or a name.
error-broadcast-many_found = More than one person matches “{ $text }”. Give the whole name, the id (usr_…) or a top-up's reference (TU…).
error-second_factor-missing = There is no second factor yet, so there are no recovery codes. Set it up first.
error-operator-password_wrong = This is not your present password. Check it and try again.
error-operator-stale = Somebody has changed { $name } since you looked. See how it is now, then decide again.
error-operator-oneself = This is your own account. Ask another owner to do it.
error-live-too_many = { $most } pages show live events in this session already. Close one of them; this page goes on without.

error-account-missing = There is no such account. See yours with /accounts.
error-account-changed = This account has changed since you looked at it. Load the page again and decide anew.
error-account-exchange_unknown = We do not know this exchange. { $nearest ->
    [none] There are { $choices }.
   *[other] Did you mean { $nearest }? There are { $choices }.
}
error-account-endpoint_unknown = { $exchange } is not offered in this way. There is { $choices }; choose one of them.
error-account-label_invalid = A name has 1 to { $max } characters. Please choose another one.
error-account-label_taken = You have an account called { $label } already. Please choose another name.
error-account-group_invalid = The name of a group has at most { $max } characters. Please choose a shorter one.
error-account-key_malformed = This cannot be { $field ->
    [api_key] an API key
    [secret] a secret
   *[passphrase] a passphrase
}: it is too short, too long, or holds letters that keys do not have. Copy it again from the exchange.
error-account-passphrase_missing = Keys of { $exchange } have a passphrase as well. Please give the one that you chose when you made the key.
error-account-key_used = { $label ->
    [none] This key is in use here already.
   *[other] This key is already in your account { $label }.
} Please make a key of its own for each account.
error-account-key_invalid = { $exchange } says that this key is wrong. Copy key and secret again, both of the same key, or make a new one: { $where }
error-account-key_refused = { $exchange } refuses this key without saying why: key or secret is wrong, our address is not in its list of IP addresses, or it may not read. Check these, or make a new key: { $where }
error-account-key_expired = This key has ended at { $exchange }. Make a new one and add that: { $where }
error-account-suspended = { $exchange } has locked this account or its API. Nothing was stored; please ask the support of { $exchange }.
error-account-ip_not_allowed = { $exchange } does not allow our address for this key. Add it to the key's list of IP addresses, or take the list off: { $where }
error-account-permission = This key may not read at { $exchange }. Switch reading on for it and try again: { $where }
error-account-withdrawal = This key can withdraw money, so it was not stored. At { $exchange } edit the key, switch off { $id ->
    [binance] “Enable Withdrawals”
    [bybit] “Withdrawal” under Wallet
    [kucoin] “Withdrawal” and “Transfer”
    [kraken] “Withdraw funds”
    [okx] “Withdraw”
    [mexc] “Withdraw”
    [bitget] “Withdraw”
    [gate] “Withdraw”
   *[other] the right to withdraw
}, and try again: { $where }
error-account-clock = { $seconds ->
    [0] Our clock and that of { $exchange } differ
   *[other] Our clock and that of { $exchange } differ by { $seconds } seconds
}, so it would refuse everything. Nothing was stored; please try again in a few minutes, and write to our staff if it lasts.
error-account-unreachable = { $exchange } does not answer as it should at the moment. Nothing was stored; please try again in a few minutes.
error-account-maintenance = { $exchange } is under maintenance. Nothing was stored; please try again when it is open.
error-account-busy = { $exchange } asks us to slow down. Nothing was stored; please try again in a few minutes.
error-account-turned_away = { $exchange } does not serve our server at the moment. Nothing was stored; please write to our staff.
error-account-no_key = { $label } is a demo account and has no key. There is nothing to replace; add an account at an exchange with /addaccount.
error-account-too_many = You have as many of these accounts as there can be: { $most }. Remove one first.
error-account-stopped = Our staff stopped { $label }. Please write to them; only they can allow it again.
error-account_link-invalid = This link is not valid any more: it works for ten minutes. Type /addaccount in the chat for a new one.
error-account_link-used = This link has been used. See what came of it with /accounts in the chat; if that was not you, remove the account there.
error-account_link-insecure = Our page cannot be reached safely at the moment. Type the key in the chat instead, or try again later.
error-portfolio-part_missing = There is no such account, exchange or group among yours. Look at /portfolio and choose one that is there.
error-portfolio-position_missing = You hold nothing called { $subject }. Look at /positions and use a name from there, or leave it out for the total.
error-portfolio-dust_invalid = “{ $text }” is no limit. Give a number from 0 to 1000 in USDT, such as 1 or 0.5.
error-portfolio-alert_invalid = An alert needs a move between 0.1 % and 1000 %. Write it like 5 or 2.5.
error-portfolio-too_many_alerts = You have { $max } alerts already. Remove one with /alerts first.
