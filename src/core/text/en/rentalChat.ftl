# Renting in the chats: plans, the contract, paying, coupons
command-plans = What we rent out, and what each plan opens
command-contract = Your plan, its days, and what happens next
command-renew = Pay the next term
command-upgrade = Go over to a larger plan now
command-coupon = Use a coupon

button-plans = 📦 Plans
button-contract = 📄 My contract
button-renew = 🔁 Renew
button-renew_again = 🔁 Begin again
button-coupon = 🎟 Coupon
button-documents = 🧾 Receipts and tax invoices
button-change_plan = 📦 Change plan
button-rent = Rent now · { MONEY($priceSatang) }
button-trial = Try it for free, { COUNT($days) ->
    [one] 1 day
   *[other] { COUNT($days) } days
}
button-stay = Stay with this plan
button-upgrade_now = Change now
button-next_term = From the next term on
button-pay = ✅ Pay { MONEY($amountSatang) } from the wallet
button-change_now = ✅ Change now
button-topup_missing = 💳 Top up { MONEY($amountSatang) } and go on
button-auto_on = 🔁 Turn renewal by itself on
button-auto_off = ⏸ Turn renewal by itself off

field-plan = Which plan?
field-plan_hint = Its name, for example premium. Leave it out to choose from buttons.
field-coupon = What is the code of your coupon?
field-coupon_hint = Letters and digits as they were given to you

plans-title = 📦 Plans
plans-note = Every plan runs 30 days at a time. Choose one to see what it opens.
plans-none = No plan is offered at the moment. Please look again later.
plans-name = { NAME($planTh, $planEn) }
plans-name_mine = { NAME($planTh, $planEn) } ✓
plans-price_label = Price
plans-price = { MONEY($priceSatang) } for 30 days
plans-choose = { NAME($planTh, $planEn) } · { MONEY($priceSatang) }
plans-about = { NAME($aboutTh, $aboutEn) }
plans-tradingBots_most_line = ✓ { COUNT($most) ->
    [0] No trading bots
    [one] 1 trading bot
   *[other] Up to { COUNT($most) } trading bots
}
plans-tradingBots_any_line = ✓ Any number of trading bots
plans-feature_line = ✓ { $feature ->
    [all_strategies] All strategies
    [live_notices] Live notices
    [portfolio_aggregation] One portfolio over all accounts
    [custom_strategies] Custom strategies
    [plugins] Plugins
    [api_access] API access
    [multi_account_portfolio] Multi-account portfolio
   *[basic_strategies] Basic strategies
}
plans-trial_began = 🎉 Your trial has begun and lasts until { AT($until) }. It ends by itself; nothing is charged.

rent-title_start = Rent { NAME($planTh, $planEn) }
rent-title_renew = Renew { NAME($planTh, $planEn) }
rent-title_upgrade = Change to { NAME($planTh, $planEn) } now
rent-enough = There is enough in your wallet. Nothing is paid before you press the button.
rent-short = { MONEY($missingSatang) } is missing in your wallet. Top up exactly that, and the rest happens by itself.
rent-short_owed = You still owe something, which is settled first: { MONEY($missingSatang) } is missing altogether. Top up exactly that, and the rest happens by itself.
rent-discount = Coupon
rent-credit = Credit for unused time
rent-total = To pay
rent-back = Back into your wallet
rent-period = Term
rent-period_value = { AT($from, style: "date") } – { AT($to) }
rent-paid = ✅ Paid { MONEY($totalSatang) }. Your contract runs until { AT($until) }.
rent-upgraded = ✅ Your plan is changed: { MONEY($totalSatang) } paid, and what was left of the old plan is back in your wallet. Your contract runs until { AT($until) }.
rent-smallest = The smallest top-up is { MONEY($amountSatang) }; what is not needed stays in your wallet.
rent-paid_before = This was paid already, and nothing was charged again. Your contract runs until { AT($until) }.
rent-by_itself_start = As soon as it is paid, your { NAME($planTh, $planEn) } contract begins by itself.
rent-by_itself_renew = As soon as it is paid, { NAME($planTh, $planEn) } is renewed by itself.
rent-by_itself_upgrade = As soon as it is paid, you are on { NAME($planTh, $planEn) }.
rent-upgrade_title = A larger plan
rent-upgrade_note = You are on { NAME($planTh, $planEn) }. What is left of it is credited when you change now.
rent-upgrade_none = You are on { NAME($planTh, $planEn) }, and there is no larger plan.
rent-coupon_taken = 🎟 Coupon { $code } is yours. It is used by itself when you pay.
rent-coupon_fixed = { MONEY($amountSatang) } off each of your next { $terms ->
    [one] term
   *[other] { $terms } terms
}.
rent-coupon_percent = { $percent } % off your next { $terms ->
    [one] term
   *[other] { $terms } terms
}.
rent-coupon_percent_capped = { $percent } % off your next { $terms ->
    [one] term
   *[other] { $terms } terms
}, at most { MONEY($amountSatang) } each.
rent-next_chosen = From { AT($from) } on you will be on { NAME($planTh, $planEn) }. Until then nothing changes, and you may change your mind.
rent-next_stays = You stay on { NAME($planTh, $planEn) } after { AT($from) } too.
rent-auto_on = 🔁 Your contract now renews by itself when there is enough in your wallet.
rent-auto_off = ⏸ Your contract no longer renews by itself. You can renew with /renew at any time.

contract-title_none = 📄 No contract yet
contract-none = You have not rented a plan yet. Look at what there is.
contract-title = 📄 { NAME($planTh, $planEn) }
contract-opens = Your plan opens:
contract-state = State
contract-state_trial = Trial
contract-state_active = Running
contract-state_grace = Run out, still open
contract-state_expired = Ended
contract-state_cancelled = Ended
contract-until = Paid until
contract-ended = Ended on
contract-grace_until = Open until
contract-days_left = Days left
contract-days = { COUNT($days) ->
    [one] 1 day
   *[other] { COUNT($days) } days
}
contract-used_of = { $used } of { $most }
contract-used_of_any = { $used }, no limit
contract-auto = Renews by itself
contract-on = Yes
contract-off = No
contract-next_plan = Next plan
contract-next_price = Next term costs
contract-next_price_value = { MONEY($totalSatang) }
contract-next_price_less = { MONEY($totalSatang) } (coupon { MONEY($discountSatang) } off)
contract-over_expired = This contract ended on { AT($at) }. Begin again whenever you like.
contract-over_cancelled = This contract ended on { AT($at) }. Begin again whenever you like.
contract-next_renews = On { AT($at) } it renews by itself for { MONEY($totalSatang) }; there is enough in your wallet.
contract-next_short = On { AT($at) } it shall renew by itself, but { MONEY($missingSatang) } is missing in your wallet. Everything stays open until { AT($endsAt) }, then trading bots stop.
contract-next_lapses = It does not renew by itself. After { AT($at) } everything stays open until { AT($endsAt) }, then trading bots stop.
contract-next_ends = It ends on { AT($at) } and nothing more is charged.
contract-next_stops = It has run out. Everything stays open until { AT($at) }, then trading bots stop. Renew before that: { MONEY($missingSatang) } is missing in your wallet.
contract-next_stops_enough = It has run out. Everything stays open until { AT($at) }, then trading bots stop. Renew before that; there is enough in your wallet.
contract-next_paused = Our staff has stopped its clock since { AT($since) }: no time passes until they start it again.
