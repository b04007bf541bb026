# Accounts at exchanges: in the chats, on the page that takes a key, in notices and in the panel
command-accounts = Your accounts at exchanges, and how they are
command-addaccount = Add an account at an exchange, or a demo account
command-removeaccount = Remove an account and destroy its key
command-account-rename = A new name
command-account-group = Its group
command-account-type = The key of the account
command-account-type_long = The key of the account
command-account-rotate = The new key
command-account-rotate_long = The new key

button-accounts = 🏦 Accounts
button-addaccount = ➕ Add an account
button-account_form = 🔐 Open the secure form
button-account_here = ⌨️ Type it here
button-account_demo = 🎓 Demo account
button-account_on = ▶️ Turn on
button-account_off = ⏸ Turn off
button-account_rename = ✏️ Rename
button-account_group = 🗂 Group
button-account_key = 🔑 New key
button-account_remove = 🗑 Remove
button-account_gone = 🗑 Yes, remove it
button-account_keep = No, keep it

field-exchange = Which exchange?
field-exchange_hint = Its name, for example binance, or demo. Leave it out to choose later.
field-account = Which account?
field-account_hint = Its name as /accounts shows it. Leave it out to choose from buttons.
field-label = What shall it be called?
field-label_hint = Up to 40 characters, for example Binance main
field-group = Which group does it belong to?
field-group_hint = Any name, for example Long term. A hyphen (-) for none.
field-api_key = What is the API key?
field-api_key_hint = As the exchange shows it. Your message is deleted at once.
field-secret = What is the secret of this key?
field-secret_hint = The exchange shows it once. Your message is deleted at once.
field-passphrase = What is the passphrase of this key?
field-passphrase_hint = The one you chose when you made the key. Your message is deleted at once.

secret-overheard = 🔒 A key does not belong behind a command. If a message of yours with a key is still above, delete it, make a new key at the exchange, and type /addaccount alone.
secret-delete_it = ⚠️ We could not delete your message. Please delete it yourself now.

accounts-title = 🏦 Accounts
accounts-none = You have no accounts yet. A demo account costs nothing and needs no key.
accounts-note = Choose an account to change it.
accounts-name = { $label } · { $exchange }
accounts-name_testnet = { $label } · { $exchange } testnet
accounts-name_grouped = { $group } › { $label } · { $exchange }
accounts-name_grouped_testnet = { $group } › { $label } · { $exchange } testnet
accounts-label = { $label }
accounts-state = State
accounts-state_well = ✅ read { $minutes ->
    [0] just now
    [one] a minute ago
   *[other] { $minutes } minutes ago
}
accounts-state_new = ⏳ not read yet
accounts-state_failing = ⚠️ cannot be read since { AT($since) }; figures of { AT($readAt) }
accounts-state_never = ⚠️ cannot be read since { AT($since) }
accounts-state_off = ⏸ turned off
accounts-state_stopped = ⛔ stopped by our staff
accounts-trouble = Reason
accounts-trouble_unreachable = the exchange cannot be reached
accounts-trouble_slow = the exchange answers too slowly
accounts-trouble_limited = the exchange asks us to slow down
accounts-trouble_maintenance = the exchange is under maintenance
accounts-trouble_region = the exchange does not serve where we are
accounts-trouble_symbol_unknown = the exchange does not know one of its markets
accounts-trouble_unsupported = the exchange does not offer this
accounts-trouble_malformed = the exchange answers in a way we do not understand
accounts-trouble_key_invalid = the key is no longer valid
accounts-trouble_key_refused = the exchange refuses the key
accounts-trouble_key_expired = the key has ended
accounts-trouble_suspended = the exchange has locked the account
accounts-trouble_ip_not_allowed = the key does not allow our address
accounts-trouble_permission = the key may not read
accounts-trouble_clock = our clock and the exchange's differ
accounts-trouble_banned = the exchange has shut us out for a while
accounts-trouble_stopped = stopped by our staff
accounts-exchange = Exchange
accounts-endpoint_live = live
accounts-endpoint_testnet = testnet, no real money
accounts-endpoint_demo = demo, made-up money
accounts-where = { $exchange } · { $endpoint ->
    [live] live
    [testnet] testnet, no real money
   *[demo] demo, made-up money
}
accounts-group = Group
accounts-group_none = none
accounts-may_trade = May trade
accounts-ip = Bound to IP addresses
accounts-yes = yes
accounts-no = no
accounts-unknown = the exchange does not say
accounts-expires = Key ends
accounts-added = Added
accounts-renamed = ✏️ It is called { $label } now.
accounts-grouped = 🗂 It is in the group { $group } now.
accounts-ungrouped = 🗂 It is in no group now.
accounts-turned_on = ▶️ It is read and may be used again.
accounts-turned_off = ⏸ It is no longer read, and nothing trades with it.
accounts-remove_which = Which account shall be removed?
accounts-remove_title = Remove { $label }?
accounts-remove_ask = Its key is destroyed here and nothing trades with it any more. Your money at { $exchange } is not touched. To be safe, delete the key at the exchange too.
accounts-removed = 🗑 { $label } is removed and its key destroyed.

addaccount-title = ➕ Add an account
addaccount-how = Open the form on our page: your key never passes through the chat. The link is for you alone, works once and for ten minutes.
addaccount-advice = Make a key for us alone: reading and trading on, withdrawals off. Bind it to an IP address where the exchange offers that.
addaccount-only_here = Our page cannot be reached safely at the moment, so the key can only be typed here. Your messages with it are deleted at once.
addaccount-demo_open = A demo account is open to you in any case.
addaccount-until = Link valid until
addaccount-which = At which exchange is the account?
addaccount-which_endpoint = Which of the two at { $exchange }?
addaccount-live = Real account
addaccount-testnet = Testnet
addaccount-exchange = { $exchange }
addaccount-done = ✅ { $label } is added. It was tried and can be read.
addaccount-demo_done = 🎓 { $label } is ready, with made-up money and moving prices.
addaccount-rotated = ✅ { $label } has its new key; the old one is destroyed. Delete the old one at the exchange too.
addaccount-warn_withdraw_unknown = ⚠️ { $exchange } does not say whether this key may withdraw. Please make sure it may not.
addaccount-warn_ip_open = 💡 This key works from any IP address. Binding it to one makes a stolen key useless.
addaccount-warn_ip_unknown = 💡 If { $exchange } offers to bind the key to an IP address, do so: a stolen key is then useless.
addaccount-warn_cannot_trade = 💡 This key may only read. For trading bots switch on trading at the exchange.
addaccount-key_title = 🔑 A new key for { $label }
addaccount-key_how = Make a new key at { $exchange } first. The old one works until the new one has been tried.

notice-account-added = 🔐 The account { $label } at { $exchange } was added to your accounts. If that was not you, remove it with /accounts and write to our staff.
notice-account-key_replaced = 🔐 The account { $label } at { $exchange } has a new key. If that was not you, remove it with /accounts and write to our staff.
notice-account-removed = 🗑 The account { $label } at { $exchange } was removed and its key destroyed. If that was not you, write to our staff.
notice-account-failing = ⚠️ The account { $label } cannot be read: { $trouble ->
    [key_invalid] { $exchange } says that its key is no longer valid. Give it a new one with /accounts.
    [key_refused] { $exchange } refuses its key: it was deleted, does not allow our address, or may not read. Check it at the exchange, or give us a new one with /accounts.
    [key_expired] its key has ended at { $exchange }. Give it a new one with /accounts.
    [suspended] { $exchange } has locked it. Please ask the support of { $exchange }.
    [ip_not_allowed] { $exchange } does not allow our address for its key. Change the key's IP list at the exchange.
    [permission] its key may not read at { $exchange }. Switch reading on for it, or give it a new key with /accounts.
    [clock] our clock and that of { $exchange } differ. We are looking into it; there is nothing you need to do.
    [maintenance] { $exchange } is under maintenance. We go on trying; there is nothing you need to do.
    [region] { $exchange } does not serve where we are. Please write to our staff.
    [banned] { $exchange } has shut us out for a while. We go on trying; there is nothing you need to do.
   *[other] { $exchange } does not answer as it should. We go on trying; there is nothing you need to do.
} Its figures are those of the last reading.
notice-account-recovered = ✅ The account { $label } at { $exchange } can be read again.
notice-account-key_expires = ⏰ The key of the account { $label } at { $exchange } ends on { AT($expiresAt) }. Make a new one there and give it to us with /accounts.
notice-account-stopped = ⛔ Our staff stopped your account { $label }: { $reason }. Nothing is read or traded with it. If you have questions, please write to us.
notice-account-allowed = ▶️ Our staff allowed your account { $label } again: { $reason }

accountform-title = Add an account
accountform-title_key = A new key for { $label }
accountform-intro = Your key goes from here straight to us, is tried at the exchange, and is stored sealed. Nobody can read it again, not even you.
accountform-safe = Make a key for us alone: reading on, trading if bots shall trade, withdrawals off. Keys that may withdraw are refused.
accountform-until = This form works once and until { AT($until, style: "time") }.
accountform-exchange = Exchange
accountform-choose = Choose…
accountform-testnet = { $exchange } (testnet)
accountform-label = Name of the account
accountform-label_hint = Left empty, it is called after the exchange.
accountform-group = Group
accountform-group_hint = For your own order, such as Long term.
accountform-optional = optional
accountform-api_key = API key
accountform-secret = Secret
accountform-passphrase = Passphrase
accountform-passphrase_hint = Only for { $exchanges }.
accountform-not_kept = For your safety, keys are never filled in again. Please enter them once more.
accountform-submit = Try the key and save it
accountform-wait = This can take up to twenty seconds. Please press once.
accountform-done_title = Done
accountform-done = Your key was tried and is stored sealed. You can close this page; the chat has told you too.
accountform-closed_title = This link is over
accountform-refused_title = This did not work
accountform-close = You can close this page.

panel-person_accounts = Accounts at exchanges
panel-account_exchange = Exchange
panel-account_label = Name
panel-account_read = Last reading
panel-account_trouble = Trouble
panel-account_never = never
panel-account_well = reads
panel-account_new = not read yet
panel-account_off = turned off
panel-account_stopped = stopped
panel-account_failing = failing
panel-account_stop = Stop
panel-account_allow = Allow
panel-account_stop_title = Stop an account
panel-account_allow_title = Allow an account
panel-account_stop_note = The account is no longer read and nothing trades with it, until an operator allows it again. The person is told, with the reason.
panel-account_allow_note = The account is read again and may be used. The person is told, with the reason.
panel-done_account_stopped = The account is stopped.
panel-done_account_allowed = The account is allowed again.
panel-notice_kind_account-added = Account added
panel-notice_kind_account-key_replaced = Account's key replaced
panel-notice_kind_account-removed = Account removed
panel-notice_kind_account-failing = Account cannot be read
panel-notice_kind_account-recovered = Account reads again
panel-notice_kind_account-key_expires = Account's key about to end
panel-notice_kind_account-stopped = Account stopped by staff
panel-notice_kind_account-allowed = Account allowed by staff
panel-job_accounts-sync = Read exchange accounts
panel-job_accounts-keys = Remind of ending keys and forget old links
panel-job_accounts-seal = Seal keys again with the newest secret key
