# Plans, contracts, coupons and trials: notices, what stands on documents, and names of things.

feature-basic_strategies = Basic strategies
feature-all_strategies = All strategies
feature-live_notices = Live notices
feature-portfolio_aggregation = One portfolio over all accounts
feature-custom_strategies = Custom strategies
feature-plugins = Plugins
feature-api_access = API access
feature-multi_account_portfolio = Multi-account portfolio
quota-tradingBots = Trading bots

rental-line_term = { NAME($planTh, $planEn) } plan, { AT($from, style: "date") } to { AT($to, style: "date") }
rental-line_discount = Coupon discount, { NAME($planTh, $planEn) } plan, { AT($from, style: "date") } to { AT($to, style: "date") }
rental-line_unused = Unused time of the { NAME($planTh, $planEn) } plan, { AT($from, style: "date") } to { AT($to, style: "date") }

notice-contract-started = ✅ Your { NAME($planTh, $planEn) } contract has begun: { MONEY($totalSatang) } paid, valid until { AT($until) }.
notice-contract-renewed = ✅ Your { NAME($planTh, $planEn) } contract is renewed: { MONEY($totalSatang) } paid from your wallet, valid until { AT($until) }.
notice-contract-upgraded = ✅ You are on the { NAME($planTh, $planEn) } plan now: { MONEY($totalSatang) } paid, valid until { AT($until) }. What was left of the old plan is back in your wallet.
notice-rental-not_done = Your money is in your wallet, but the { NAME($planTh, $planEn) } plan could not be rented with it: { $why ->
    [rental-short] there is less in the wallet than it costs.
    [quote-changed] its price has changed since.
    [plan-retired] it is no longer offered.
    [contract-exists] you hold another contract.
    [contract-changed] your contract has changed since.
    [rental-frozen] something is still owed.
    [contract-expired] your contract has ended since.
    [contract-ending] your contract ends with its term.
    [contract-paused] the clock of your contract stands still.
    [plan-not_higher] you are on it already, or on a larger one.
   *[other] something stood in its way.
} Look at /contract to see where you stand.
notice-contract-reminder = ⏰ Your { NAME($planTh, $planEn) } contract ends on { AT($until) }. The next term costs { MONEY($totalSatang) }; renew with /renew and the new days are added to the old ones.
notice-contract-reminder_auto = ⏰ Your contract renews by itself on { AT($until) }: { MONEY($totalSatang) } for { NAME($planTh, $planEn) }. There is enough in your wallet, so you need not do anything.
notice-contract-reminder_short = ⏰ Your contract shall renew by itself on { AT($until) }: { MONEY($totalSatang) } for { NAME($planTh, $planEn) }. Your wallet lacks { MONEY($missingSatang) }; top it up before then.
notice-contract-reminder_trial = ⏰ Your trial ends on { AT($until) }, and nothing is charged. To keep { NAME($planTh, $planEn) } for { MONEY($totalSatang) }, use /renew; the days you have left stay yours.
notice-contract-reminder_end = ⏰ Your { NAME($planTh, $planEn) } contract ends on { AT($until) } and will not be renewed.
notice-contract-grace = ⚠️ Your { NAME($planTh, $planEn) } contract has run out. Everything goes on until { AT($until) }; renew with /renew for { MONEY($totalSatang) } before then, or your trading bots stop. { COUNT($daysLeft) ->
    [one] 1 day is
   *[other] { COUNT($daysLeft) } days are
} left.
notice-contract-expired = ⛔ Your { NAME($planTh, $planEn) } contract ended on { AT($endedAt) } and your trading bots have stopped. With /renew you begin a new one at once.
notice-contract-cancelled = Your { NAME($planTh, $planEn) } contract ended on { AT($endedAt) }, as we had told you, and your trading bots have stopped. With /plans you can begin a new one.
notice-contract-extended = 🎁 Our staff added { COUNT($days) ->
    [one] 1 day
   *[other] { COUNT($days) } days
} to your { NAME($planTh, $planEn) } contract. It is now valid until { AT($until) }.
notice-contract-paused = ⏸ Our staff stopped the clock of your { NAME($planTh, $planEn) } contract: no time of it passes until we say so. What it opens stays open.
notice-contract-resumed = ▶️ The clock of your { NAME($planTh, $planEn) } contract runs again. No time was lost; it is now valid until { AT($until) }.
notice-contract-end_set = Your { NAME($planTh, $planEn) } contract will end on { AT($until) } and will not be renewed. Please write to our staff if you have questions.
notice-contract-end_unset = Your { NAME($planTh, $planEn) } contract can be renewed again. It is valid until { AT($until) }.
notice-contract-refunded = ↩️ Our staff ended your { NAME($planTh, $planEn) } contract. { MONEY($amountSatang) } for the time you did not use is back in your wallet.
notice-contract-joined = 🔗 Both of your accounts held a contract. The better one stays; the { NAME($planTh, $planEn) } contract ended and { MONEY($amountSatang) } for its unused time is in your wallet.
notice-plan-repriced = The price of { NAME($planTh, $planEn) } changes from { MONEY($formerSatang) } to { MONEY($priceSatang) }. What you have paid stays as it is; the new price holds from your next term, on { AT($from) }. With /contract you can choose another plan.

tx-kind_rent = Rent
tx-kind_rent_credit = Unused rent
tx-only_kind_rent = Only rent
tx-only_kind_rent_credit = Only unused rent
tx-line_rent = 📦 { AT($at) } · Rent { $sign }{ MONEY($amountSatang) }
tx-line_rent_credit = ↩️ { AT($at) } · Unused rent { $sign }{ MONEY($amountSatang) }

settings-group_contracts = Contract reminders
settings-turn_off_contracts = 🔕 Mute contract reminders
settings-turn_on_contracts = 🔔 Contract reminders on

panel-may_contracts-read = See contracts, plans and coupons
panel-may_contracts-manage = Extend, pause, end and refund contracts
panel-may_plans-manage = Make and change plans, prices and coupons
panel-alert_contract-broken = A contract could not be brought to the present
panel-alert_rental-failed = A payment arrived, but what it was meant for failed
