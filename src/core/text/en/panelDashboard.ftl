# The dashboard
panel-part_database = Database
panel-part_jobs = Jobs
panel-part_telegram = Telegram
panel-part_discord = Discord
panel-part_gateway = Payment gateway
panel-part_exchanges = Exchanges
panel-exchanges_away = away: { $names }
panel-exchanges_unused = nobody has an account at one yet
panel-light_waiting = waiting
panel-gateway_unconfigured = no secret is set, so nothing it says is believed
panel-gateway_refused = last refused { $at }
panel-gateway_received = last heard { $at }
panel-gateway_silent = nothing heard yet
panel-figure_wallets_more = What we owe to people
panel-figure_suspense_more = { $count ->
    [0] Nothing is waiting
    [one] 1 payment is waiting
   *[other] { $count } payments are waiting
}
panel-figure_mrr = Monthly recurring revenue
panel-figure_mrr_more = { $count ->
    [0] No paying contract yet
    [one] 1 paying contract
   *[other] { $count } paying contracts
}
panel-figure_renewal = Renewal rate, 30 days
panel-figure_renewal_more = { $renewed } of { $decided } ended terms
panel-figure_renewal_none = No paid term has ended yet
panel-alerts_more = { $count ->
    [one] 1 more
   *[other] { $count } more
}
panel-chart_money_title = Money in
panel-chart_outcome_title = What became of top-ups
panel-chart_users_title = New users
panel-chart_about = the last 30 days; the same figures stand in the table below
panel-chart_table = Show as table
panel-chart_day = Day
panel-chart_sum = Received, less refunds
panel-chart_payments = Payments
panel-chart_settled = Paid
panel-chart_waiting = Waiting
panel-chart_expired = Expired
panel-chart_cancelled = Cancelled
panel-chart_failed = Failed
panel-chart_conversion = Conversion
panel-chart_users = New users
panel-recent = Happening now
panel-recent_live = live
panel-recent_none = Nothing has happened yet.
panel-event_topup-opened = Top-up opened
panel-event_topup-settled = Top-up paid
panel-event_payment-suspended = Payment in suspense
panel-event_payment-refunded = Refund
panel-event_suspense-matched = Suspense matched
panel-event_suspense-returned = Suspense returned
panel-event_wallet-adjusted = Wallet adjusted
panel-event_user-joined = New user
panel-event_user-blocked = Person blocked
panel-event_user-unblocked = Person unblocked
panel-event_operator-signed_in = Operator signed in
panel-event_operator-joined = New operator
panel-event_operator-role_changed = Operator’s role changed
panel-event_operator-disabled = Operator disabled
panel-event_operator-enabled = Operator enabled
panel-event_operator-second_factor_reset = Operator’s second factor reset
panel-event_setting-changed = Setting changed
panel-event_alert = Something to look at
# Operators and one’s own account
panel-second_factor_again = must be set up
panel-second_factor_reset = Reset the second factor
panel-second_factor_reset_note = For a colleague who has lost their app and their recovery codes. They are signed out, and their password then only leads to setting up a new second factor. Tell them yourself: nothing is sent.
panel-enrol_reset = Your second factor was reset. Set up a new one to go on.
panel-profile = Name and language
panel-language = Language
panel-language_th = ไทย
panel-language_en = English
panel-save = Save
panel-password_change = Change password
panel-password_old = Present password
panel-password_new = New password
panel-password_change_note = You are signed out everywhere else.
panel-recovery_renew = Make new recovery codes
panel-recovery_renew_note = The codes from before stop working at once.
panel-done_profile = Saved.
panel-done_password = The password is changed, and you are signed out everywhere else.
panel-done_second_factor_reset = The second factor is reset. Tell your colleague to sign in and set it up again.
