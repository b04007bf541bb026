# Names of commands, as menus and help show them (at most 100 characters)
command-start = Begin, or open the chat from a link
command-menu = The main menu
command-help = What this bot can do
command-language = ภาษาไทย or English
command-topup = Top up your wallet with a PromptPay QR
command-wallet = Your balance
command-transactions = What came in and went out, with filters and CSV
command-link = Join your Telegram and Discord into one account
command-settings = Notices, quiet hours, language

# Titles of forms that buttons open
command-tx-dates = Transactions between two days
command-settings-quiet = Quiet hours

button-topup = 💳 Top up
button-wallet = 👛 Wallet
button-transactions = 📜 Transactions
button-settings = ⚙️ Settings
button-language = 🌐 ภาษา / Language
button-help = ❓ Help
button-link = 🔗 Join accounts
button-menu = 🏠 Menu
button-check = 🔄 Check payment
button-cancel = ✖️ Cancel
button-receipt = 🧾 Receipt
button-receipts = 🧾 Receipts
button-pending_topups = ⏳ Waiting top-ups
button-previous = ‹ Newer
button-next = Older ›
button-filter = 🔍 Filter
button-csv = 📄 CSV
button-dates = 📅 Choose days
button-all = Show everything
button-join = Yes, join them
button-refuse = No, leave it
button-quiet_set = 🌙 Set quiet hours
button-quiet_off = 🔔 No quiet hours
button-never_mind = Never mind
button-open_private = Open the private chat
button-fill_in = Fill in

value-money = { MONEY($amountSatang) }
value-at = { AT($at) }
value-time = { AT($at, style: "time") }
value-count = { $count }

field-on = Choice
field-amount = How much would you like to top up?
field-amount_hint = An amount in baht, for example 500 or 1,500.50
field-code = Code from your other chat
field-code_hint = Eight characters, for example 7KQ2M9XA. Leave it out to get a code.
field-from_link = Where the link leads
field-language = Which language shall we use?
field-language_hint = th or en
field-kind = Kind
field-kind_hint = topup, refund, repay, match or adjust
field-status = Status
field-status_hint = done, waiting or ended
field-from_day = From which day?
field-to_day = To which day?
field-day_hint = For example 2026-01-31 or 31/01/2569
field-quiet_from = From what time shall we be quiet?
field-quiet_from_hint = Bangkok time, for example 22:00
field-quiet_to = Until what time?
field-quiet_to_hint = Bangkok time, for example 07:00

menu-title = ABTPro
menu-greeting = What would you like to do, { $name }?
menu-welcome = Welcome, { $name }! This is your wallet for trading automation. Top it up with any Thai banking app and you are ready.

help-title = Help
help-intro = Type a command or use the buttons. Amounts may be written as 500, 1,500.50 or ฿500.
help-command = /{ $name }

unknown-text = I did not understand that. Choose something from the menu, or type /help to see what I can do.
unknown-kind = I can only read text and buttons. Choose something from the menu, or type /help.

question-dropped = All right, nothing was changed.
question-none = There is no open question. Here is the menu.

language-th = ไทย
language-en = English

topup-title = Pay with PromptPay
topup-scan = Scan this QR with your banking app and pay exactly this amount. Your wallet is credited by itself as soon as the bank confirms.
topup-amount = Amount
topup-reference = Reference
topup-pay_before = Pay before
topup-still_waiting = No payment yet. The QR is good until { AT($expiresAt, style: "time") }. After paying it usually takes a few seconds.
topup-none_pending = No top-up is waiting for payment.
topup-pending_title = Waiting top-ups
topup-pending_note = Choose one to see its QR again, or cancel it.
topup-pending_line = { MONEY($amountSatang) } until { AT($expiresAt, style: "time") }
topup-state_pending = Top-up { $reference } of { MONEY($amountSatang) } is waiting for payment.
topup-state_review = Top-up { $reference }: less than { MONEY($amountSatang) } arrived. The money is safe; our staff is looking at it.
topup-state_settled = ✅ Top-up { $reference } of { MONEY($amountSatang) } is paid and in your wallet.
topup-state_failed = Top-up { $reference } of { MONEY($amountSatang) } failed at the bank. Nothing was taken; please try again.
topup-state_expired = The QR of top-up { $reference } ({ MONEY($amountSatang) }) has expired. Please make a new one.
topup-state_cancelled = Top-up { $reference } of { MONEY($amountSatang) } is cancelled. Please do not pay its QR any more.

wallet-title = Wallet
wallet-balance = Balance
wallet-owed = You owe
wallet-owed_note = A payment of yours was taken back after it was spent. { MONEY($owedSatang) } will be settled from your next top-up; until then new rentals are paused.
wallet-pending = Waiting top-ups

tx-title = Transactions
tx-none = There are no transactions yet. Your first top-up will appear here.
tx-none_match = Nothing matches this filter.
tx-page = Page { $page } of { $pages } · { $total } in all
tx-receipts_title = Receipts
tx-receipts_note = Choose the top-up whose receipt you need.
tx-receipt_of = { MONEY($amountSatang) } · { AT($at) }
tx-filter_title = Filter transactions
tx-everything = Everything is shown now.
tx-kind_topup = Top-ups
tx-kind_refund = Refunds
tx-kind_repay = Repayments
tx-kind_match = Matched payments
tx-kind_adjust = Corrections
tx-kind_suspend = Held payments
tx-kind_return = Returned payments
tx-kind_join = Joined accounts
tx-any_kind = Any kind
tx-status_done = Done
tx-status_waiting = Waiting
tx-status_ended = Not paid
tx-any_status = Any status
tx-today = Today
tx-last_7_days = 7 days
tx-last_30_days = 30 days
tx-any_day = Any day
tx-only_kind_topup = Only top-ups
tx-only_kind_refund = Only refunds
tx-only_kind_repay = Only repayments
tx-only_kind_match = Only matched payments
tx-only_kind_adjust = Only corrections
tx-only_status_done = Only done
tx-only_status_waiting = Only waiting
tx-only_status_ended = Only not paid
tx-only_from = From { AT($from, style: "date") }
tx-only_to = To { AT($to, style: "date") }
tx-topup_pending = Waiting for payment
tx-topup_review = Being checked
tx-topup_settled = Done
tx-topup_failed = Failed
tx-topup_expired = Expired
tx-topup_cancelled = Cancelled
tx-line_topup = ✅ { AT($at) } · Top-up { $sign }{ MONEY($amountSatang) }
tx-line_refund = ↩️ { AT($at) } · Refund { $sign }{ MONEY($amountSatang) }
tx-line_repay = ➖ { AT($at) } · Repaid { $sign }{ MONEY($amountSatang) }
tx-line_match = ✅ { AT($at) } · Matched payment { $sign }{ MONEY($amountSatang) }
tx-line_adjust = ✏️ { AT($at) } · Correction { $sign }{ MONEY($amountSatang) }
tx-line_suspend = ⏸ { AT($at) } · Held { $sign }{ MONEY($amountSatang) }
tx-line_return = ↩️ { AT($at) } · Returned { $sign }{ MONEY($amountSatang) }
tx-line_join = 🔗 { AT($at) } · Joined accounts { $sign }{ MONEY($amountSatang) }
tx-line_topup_pending = ⏳ { AT($at) } · Top-up { MONEY($amountSatang) }, waiting for payment
tx-line_topup_review = 🔎 { AT($at) } · Top-up { MONEY($amountSatang) }, being checked
tx-line_topup_failed = ✖️ { AT($at) } · Top-up { MONEY($amountSatang) }, failed
tx-line_topup_expired = ✖️ { AT($at) } · Top-up { MONEY($amountSatang) }, expired
tx-line_topup_cancelled = ✖️ { AT($at) } · Top-up { MONEY($amountSatang) }, cancelled
tx-exported = { $count } { $count ->
    [one] transaction
   *[other] transactions
} as a CSV file.

csv-date = Date
csv-time = Time
csv-kind = Kind
csv-status = Status
csv-in = Money in (THB)
csv-out = Money out (THB)
csv-balance = Balance (THB)
csv-reference = Reference

receipt-here = Receipt for top-up { $reference }. It opens in any browser and prints well.
receipt-title = Receipt
receipt-number = Reference
receipt-received_from = Received from
receipt-paid_at = Paid at
receipt-payment = PromptPay payment { $chargeId }
receipt-refunded = Refunded
receipt-base = Before VAT
receipt-vat = VAT { $percent } %
receipt-total = Total
receipt-tax_id = Tax ID { $taxId }
receipt-printed = Made on { AT($at) }, Bangkok time.

link-title = Join your accounts
link-how = In your other chat with us, type /link { $code } (Telegram or Discord). Do not give this code to anyone: whoever types it can ask to share this account.
link-code = Code
link-valid_until = Good until
link-confirm_title = Join these accounts?
link-confirm = This chat and the account below become one: one wallet, one history, used from either chat.
link-warning = ⚠️ Say yes only if the other account is yours too. If somebody sent you this code, say no: they would get at your money. Joining cannot be undone.
link-other = Other account
link-other_chats = Its chats
link-mine = In your wallet here
link-joined = 🔗 Done: the accounts are one. Wallet and history are the same from both chats.
link-waiting_for_other = Now confirm it in your other chat; we have just asked there. It has ten minutes.
link-refused = All right, nothing was joined.

settings-title = Settings
settings-note = Notices about safety and about money in trouble always reach you. In quiet hours answers to what you do come without sound, and the rest waits.
settings-language = Language
settings-group_payments = Payment notices
settings-group_reminders = Expired QRs
settings-on = On
settings-off = Off
settings-quiet = Quiet hours
settings-quiet_none = None
settings-chats = Connected chats
settings-turn_off_payments = 🔕 Mute payments
settings-turn_on_payments = 🔔 Payments on
settings-turn_off_reminders = 🔕 Mute expired QRs
settings-turn_on_reminders = 🔔 Expired QRs on

notice-topup-settled = ✅ { MONEY($amountSatang) } has arrived in your wallet. Reference { $reference }.
notice-topup-late = ✅ { MONEY($amountSatang) } arrived for top-up { $reference }, which had ended, and is in your wallet all the same.
notice-topup-extra = ✅ Another payment of { MONEY($amountSatang) } came for top-up { $reference }, which was paid already. It is in your wallet too.
notice-topup-review = 🔎 { MONEY($paidSatang) } arrived for top-up { $reference }, which asked for { MONEY($amountSatang) }. The money is safe: our staff will credit it or send it back and tell you.
notice-topup-failed = Top-up { $reference } of { MONEY($amountSatang) } failed at the bank. Nothing was taken; please try again.
notice-topup-expired = The QR of top-up { $reference } ({ MONEY($amountSatang) }) has expired. If you have paid it, the money is credited all the same; otherwise make a new one.
notice-topup-refunded = ↩️ { MONEY($amountSatang) } of payment { $reference } was refunded and taken out of your wallet.
notice-topup-refund_owed = ↩️ { MONEY($amountSatang) } of payment { $reference } was taken back, more than your wallet held. You owe { MONEY($owedSatang) }, to be settled from your next top-up; until then new rentals are paused.
notice-wallet-adjusted = ✏️ Our staff corrected your wallet by { MONEY($amountSatang) }. Reason: { $reason }
notice-suspense-matched = ✅ { MONEY($amountSatang) } that we could not place at first is now in your wallet. Payment reference { $reference }.
notice-suspense-returned = ↩️ { MONEY($amountSatang) } that came for { $reference } was sent back to the account it was paid from. It can take a few days to arrive there.
notice-link-asked = 🔗 { $name } wants to join their account with this one, money and history included. Say yes only if that is you, in your other chat. If you do not know what this is about, say no: nothing will happen.
notice-link-joined = 🔗 The account of { $name } is now part of this one. { MONEY($walletSatang) } came along.

error-access-denied = This is not yours to do. If you think it should be, write to our staff.
error-user-missing = There is no such person. Check the id and try again.
error-user-blocked = Your account is blocked, so I cannot do anything for you here. Your money is safe; please write to our staff to sort it out.
error-user-merged = This account was joined with another one. Please use it from there, or type /menu to begin again.
error-reason-required = A reason is needed. Write in a few words why, then try again.
error-setting-invalid = The value for { $key } cannot be used: { $why }. Correct it and save again.
error-setting-stale = Somebody else has changed { $key } meanwhile. Load the page again, then make your change.
error-amount-invalid = “{ $text }” is not an amount I understand. Write it in baht, for example 500 or 1,500.50.
error-topup-amount_too_small = The smallest top-up is { MONEY($minSatang) }. Choose an amount between { MONEY($minSatang) } and { MONEY($maxSatang) }.
error-topup-amount_too_large = The largest top-up is { MONEY($maxSatang) }. Choose an amount between { MONEY($minSatang) } and { MONEY($maxSatang) }.
error-topup-too_many_pending = { $most } top-ups are waiting for payment already. Pay or cancel one of them first.
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
error-promptpay-id_invalid = The PromptPay id is not a valid phone number, national or tax id, e-wallet or biller id. Check its digits.
error-promptpay-amount_invalid = A QR can ask for ฿0.01 up to ฿9,999,999,999.99. Choose an amount in between.
error-promptpay-reference_invalid = A reference has 1 to 20 capital letters and digits. Correct it and try again.
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

language-set = We speak English from now on.
link-needs_issuer = There is money or history in the other account, so it has to confirm as well.
notice-payment-held = 🔎 { MONEY($amountSatang) } arrived for top-up { $reference }, and we have to look at it before we credit it. The money is safe; we will tell you how it ends.
error-refund-which_charge = This top-up was paid { $count } times. Say which payment you mean.
error-refund-changed = Money was refunded meanwhile. Load the top-up again and look before you refund more.
error-request-invalid = The field { $field } is missing or not valid. Correct it and send again.
