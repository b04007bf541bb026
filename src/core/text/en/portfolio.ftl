# Portfolio in the chats.
command-portfolio = What your accounts are worth, together and one by one
command-positions = What you hold and have open
command-performance = How your portfolio did: return, drawdown, risk
command-alerts = Be told when your portfolio or a position moves
command-alerts-add = A new alert
command-valuation = How profit is counted and small holdings are hidden

field-portfolio_account = Account
field-portfolio_account_hint = The label of one of your accounts; leave it out for all
field-period = Period
field-period_hint = 7d, 30d, 90d, 1y or all
field-move = Move in percent
field-move_hint = For example 5 or 2.5
field-alert_asset = Asset or position
field-alert_asset_hint = For example BTC; “total” for everything together
field-cost = Cost
field-cost_hint = fifo (oldest first) or average
field-dust = Hide below (USDT)
field-dust_hint = 0 to 1000; 0 hides nothing

portfolio-title = { $realm ->
    [practice] Portfolio · practice money
   *[real] Portfolio
}
portfolio-none = You have no exchange account here yet. Add one with /addaccount; there is a demo exchange to try everything without a key.
portfolio-total_thb = Total in baht
portfolio-total_usd = Total in dollars
portfolio-total_usdt = Total in USDT
portfolio-unrealised = Unrealised P&L
portfolio-realised = { $method ->
    [average] Realised P&L (average cost, after fees)
   *[fifo] Realised P&L (FIFO, after fees)
}
portfolio-exposure = Exposure (USDT)
portfolio-exposure_value = long { $long } · short { $short } · net { $net } · gross { $gross }
portfolio-utilisation = Utilisation
portfolio-rate = USDT/THB
portfolio-rate_value = { $price } from { $source }, { AT($at) }
portfolio-part = { $by ->
    [exchange] ▫️ { $label }: { $usdt } USDT · { $share }
    [group] ▫️ Group { $label }: { $usdt } USDT · { $share }
   *[account] ▫️ { $label }: { $usdt } USDT · { $share }
}
portfolio-part_none = ▫️ Without a group: { $usdt } USDT · { $share }
portfolio-more = … and { $count } more. Name one after the command to see it: /portfolio label
portfolio-only = { $by ->
    [exchange] Only { $label }
    [group] Only the group { $label }
   *[account] Only the account { $label }
}
portfolio-only_none = Only accounts without a group
portfolio-as_of = As of { AT($at) }
portfolio-stale = ⚠️ { $label } ({ $exchange }) was last read at { AT($readAt) }: { $trouble ->
    [unreachable] the exchange cannot be reached
    [slow] the exchange did not answer in time
    [limited] the exchange asks us to wait
    [maintenance] the exchange is under maintenance
    [malformed] the exchange answered something that cannot be read
    [none] it has not been read since
   *[other] the exchange refuses; look at the account’s key
}. Its old figures are counted.
portfolio-stale_since = ⚠️ { $label } ({ $exchange }) fails since { AT($since) }: { $trouble ->
    [unreachable] the exchange cannot be reached
    [slow] the exchange did not answer in time
    [limited] the exchange asks us to wait
    [maintenance] the exchange is under maintenance
    [malformed] the exchange answered something that cannot be read
    [none] the reason is not known
   *[other] the exchange refuses; look at the account’s key
}. Counted with its figures of { AT($readAt) }.
portfolio-stale_never = ⚠️ { $label } ({ $exchange }) has never been read: { $trouble ->
    [unreachable] the exchange cannot be reached
    [slow] the exchange did not answer in time
    [limited] the exchange asks us to wait
    [maintenance] the exchange is under maintenance
    [malformed] the exchange answered something that cannot be read
    [none] its first reading is under way
   *[other] the exchange refuses; look at the account’s key
}. It is not in the total.
portfolio-stale_more = ⚠️ { $count } more with old figures or none: { $names }
portfolio-off = Switched off and not counted: { $names }
portfolio-unpriced = No rate is known for { $names }: not counted
portfolio-dust = { $count } small { $count ->
    [one] holding
   *[other] holdings
} together worth { $usdt } USDT
portfolio-rates_stale = ⚠️ Some rates are older than they should be.
portfolio-no_baht = No rate of the baht is known, so there is no total in baht.
portfolio-incomplete = * P&L covers only what has a known cost: the exchange’s history is incomplete.
portfolio-approximate = Some trades were converted at today’s rate, for that of their day is not known.
portfolio-refresh = 🔄 Refresh
portfolio-positions = 📋 Positions
portfolio-performance = 📈 Performance
portfolio-button = 💼 Portfolio
portfolio-everything = All accounts
portfolio-by = { $by ->
    [exchange] By exchange
    [group] By group
   *[account] By account
}
portfolio-open = 🔎 { $label }
portfolio-open_none = 🔎 Without a group
portfolio-alerts = 🔔 Alerts
portfolio-settings = ⚙️ P&L settings
portfolio-realm = { $realm ->
    [practice] 🧪 Practice money
   *[real] 💰 Real money
}
portfolio-rest = Others
portfolio-picture_subtitle = { AT($at) } · { $period ->
    [p7d] value over 7 days
    [p30d] value over 30 days
    [p90d] value over 90 days
    [p1y] value over a year
   *[all] value since the beginning
}
portfolio-picture_usdt = Total in USDT
portfolio-picture_unrealised = Unrealised (USDT)
portfolio-picture_realised = Realised (USDT)
portfolio-picture_allocation = Allocation
portfolio-picture_value = Value in USDT
portfolio-picture_none = There is no history yet: it is kept every five minutes from now on.
portfolio-side = { $side ->
    [short] short
   *[long] long
}
portfolio-csv_note = { $count ->
    [one] One holding or position, account by account.
   *[other] { $count } holdings and positions, account by account.
}
portfolio-csv_account = Account
portfolio-csv_exchange = Exchange
portfolio-csv_group = Group
portfolio-csv_kind = { $kind ->
    [futures] futures
    [spot] spot
   *[head] Kind
}
portfolio-csv_symbol = Symbol
portfolio-csv_side = Side
portfolio-csv_qty = Quantity
portfolio-csv_value_usdt = Value (USDT)
portfolio-csv_value_thb = Value (THB)
portfolio-csv_cost_usdt = Cost (USDT)
portfolio-csv_unrealised_usdt = Unrealised (USDT)
portfolio-csv_realised_usdt = Realised (USDT)
portfolio-csv_complete = { $is ->
    [yes] yes
    [no] no
   *[head] Cost fully known
}
portfolio-csv_as_of = As of (Bangkok)

positions-title = { $realm ->
    [practice] Positions · practice money, in USDT
   *[real] Positions, in USDT
}
positions-line = { $kind ->
    [futures] { $side ->
        [short] 🔻 { $symbol } short { $qty } · { $value } · { $profit }
       *[long] 🔺 { $symbol } long { $qty } · { $value } · { $profit }
    }
    [borrowed] 🔻 { $symbol } borrowed { $qty } · { $value }
   *[spot] ▫️ { $symbol } { $qty } · { $value } · { $profit }
}{ $accounts ->
    [1] {""}
   *[other] {" "}· ×{ $accounts }
}
positions-none = Nothing is held and nothing is open here.
positions-page = Page { $page } of { $pages } · { $total } in all
positions-previous = ‹ Previous
positions-next = Next ›

performance-title = { $realm ->
    [practice] Performance · practice money
   *[real] Performance
} · { $period ->
    [p7d] 7 days
    [p30d] 30 days
    [p90d] 90 days
    [p1y] one year
   *[all] everything
}
performance-period = { $period ->
    [p7d] 7 days
    [p30d] 30 days
    [p90d] 90 days
    [p1y] 1 year
   *[all] All
}
performance-none = There are no two snapshots of this time yet. One is kept every five minutes: come back a little later.
performance-span = { AT($from) } – { AT($to) } · { $days ->
    [one] one daily return
   *[other] { $days } daily returns
}
performance-partial = { $count ->
    [one] One snapshot of this time lacks something that could not be read or had no rate.
   *[other] { $count } snapshots of this time lack something that could not be read or had no rate.
}
performance-return = Time-weighted return
performance-profit = Profit
performance-flow = Deposits less withdrawals
performance-drawdown = Max drawdown
performance-sharpe = Sharpe (a year)
performance-sortino = Sortino (a year)
performance-var = VaR { $level } %, one day
performance-shortfall = Expected shortfall { $level } %
performance-too_little = too little data: { $have } of { $need } days
performance-flat = cannot be told: nothing moved, or nothing was lost
performance-pairs = Correlation of daily returns:
performance-pair = ▫️ { $a } – { $b }: { $value }
performance-pair_flat = ▫️ { $a } – { $b }: one of them never moved
performance-pair_short = ▫️ { $a } – { $b }: too little data, { $have } of { $need } common days

alerts-title = Portfolio alerts
alerts-note = You are told once when a value in USDT has moved by so much in either direction, and from then on measured from the new value. A deposit or withdrawal moves it too.
alerts-none = No alert is set.
alerts-total = { $number }. The total by { $percent } %
alerts-position = { $number }. { $subject } by { $percent } %
alerts-quick = 🔔 Total ±{ $percent } %
alerts-add = ➕ Another
alerts-remove = 🗑 { $number }

valuation-title = P&L settings
valuation-note = These hold for /portfolio, /positions and the files.
valuation-cost = Cost of what is sold
valuation-method = { $method ->
    [average] average
   *[fifo] first in, first out (FIFO)
}
valuation-use = { $method ->
    [average] Use average cost
   *[fifo] Use FIFO
}
valuation-dust = Holdings in one line below
valuation-dust_below = { $limit ->
    [0] Hide nothing
   *[other] Below { $limit } USDT
}

notice-portfolio-moved = { $subject ->
    [total] 🔔 Your portfolio
   *[other] 🔔 { $subject } in your portfolio
} { $direction ->
    [down] fell
   *[up] rose
} by { $percent } %: from { $fromUsdt } to { $nowUsdt } USDT. The next move is measured from here.
panel-notice_kind_portfolio-moved = Portfolio moved

# Settings and the panel.
panel-set_portfolio-houseRates = Rates of the house
panel-set_portfolio-houseRates_about = What one USDT is worth where no exchange in use has a rate. A rate of a market always goes first.
panel-set_portfolio-houseRates_usdtInThb = One USDT in baht
panel-set_portfolio-houseRates_usdtInThb_hint = Empty: without a market there is no total in baht.
panel-set_portfolio-houseRates_usdtInUsd = One USDT in dollars
panel-set_portfolio-houseRates_usdtInUsd_hint = Empty: without a market there is no total in dollars.
panel-set_portfolio-houseRates_validDays = Counts as fresh for
panel-set_portfolio-houseRates_validDays_unit = days
panel-issue_rate = A rate is a number above zero with at most eight decimals, such as 32.45.

panel-portfolio_link = Portfolio and exchange accounts
panel-portfolio_of = Portfolio of { $name }
panel-portfolio_real = Real money
panel-portfolio_practice = Practice money
panel-portfolio_thb = Total in baht
panel-portfolio_usdt = Value (USDT)
panel-portfolio_unrealised = Unrealised (USDT)
panel-portfolio_realised = Realised (USDT)
panel-portfolio_net = Exposure net / gross (USDT)
panel-portfolio_used = Utilisation
panel-portfolio_unpriced = Without a rate, not counted
panel-portfolio_accounts = Accounts
panel-portfolio_no_accounts = No exchange account.
panel-portfolio_account = Account
panel-portfolio_state = Last reading
panel-portfolio_fresh = up to date
panel-portfolio_stale = old figures
panel-portfolio_off = switched off
panel-portfolio_positions = Holdings and positions
panel-portfolio_asset = Asset
panel-portfolio_side = Side
panel-portfolio_long = long
panel-portfolio_short = short
panel-portfolio_qty = Quantity
panel-portfolio_more = { $count } more are not shown.
panel-portfolio_incomplete = * P&L covers only what has a known cost: the exchange’s history is incomplete.
panel-portfolio_value = Value over 90 days (USDT)
panel-portfolio_no_curve = There are no two snapshots yet.
