# Backtests in the chats
command-strategies = The strategies there are and what they can be set to
command-backtest = Run a strategy over the past of a market
command-backtests = Your backtests and searches, and their results
command-optimize = Look for better parameters of a strategy
command-batch = One strategy over several markets

button-strategies = 🧠 Strategies
button-backtest = 📊 Backtest it
button-backtests = 📊 My backtests
button-run_trades = 📄 Trades (CSV)
button-run_report = 🗂 Report (HTML)
button-run_optimize = 🎯 Better parameters ±30%
button-run_walk_forward = 🚶 Walk-forward
button-run_compare = ⚖️ Compare strategies
button-run_monte_carlo = 🎲 Monte Carlo
button-run_best = 📊 Run the best

value-symbol = { $symbol }
value-timeframe = { $timeframe }
value-label = { $label }

field-strategy = Which strategy?
field-strategy_hint = A name such as sma_cross; /strategies shows them all
field-market = Which market?
field-market_hint = For example BTC/USDT, or just btc
field-markets = Which markets?
field-markets_hint = For example BTC ETH SOL
field-timeframe = How long is a candle?
field-timeframe_hint = 1m, 5m, 15m, 30m, 1h, 4h or 1d
field-first_day = From which day?
field-first_day_hint = For example 2024-01-01; a year ago when left out
field-last_day = Until which day?
field-last_day_hint = For example 2024-12-31; until now when left out
field-page = Which page?
field-page_hint = A number; the newest are on the first
field-options = Parameters and settings
field-options_hint = For example fast=10 slow=50 fee=0.1% stop=2%
field-by = Best by which figure?
field-by_hint = For example sharpe or totalReturnRate

strategies-title = 🧠 Strategies
strategies-note = Choose one to see how it trades and what it can be set to.
strategies-kind = { $kind ->
    [trend] Trend following
    [momentum] Momentum
    [reversion] Mean reversion
    [breakout] Breakout
    [grid] Grid
   *[accumulation] Accumulation
} · { $feature ->
    [basic_strategies] in every plan
   *[all_strategies] in plans with all strategies
}
strategies-example = Try it: /backtest { $name } BTC/USDT 1h 2024-01-01 2024-12-31 { $option }
strategies-options = Also: { $options }. For example fee=0.1% stop=2% leverage=3 short
strategies-param = { $param }
strategies-bounds = { $words }: { QTY($min) } to { QTY($max) }, normally { QTY($standard) }
strategies-choices = { $words }: { $choices }, normally { $standard }

run-title_backtest = 📊 { $strategy } · { $symbol } · { $timeframe }
run-title_optimize = 🎯 Parameters of { $strategy } · { $symbol } · { $timeframe }
run-title_walk_forward = 🚶 Walk-forward of { $strategy } · { $symbol } · { $timeframe }
run-title_batch = 🗺 { $strategy } over several markets · { $timeframe }
run-title_compare = ⚖️ All strategies · { $symbol } · { $timeframe }
run-title_monte_carlo = 🎲 Monte Carlo of { $strategy } · { $symbol } · { $timeframe }
run-progress = { $bar } { $percent }%
run-waiting = ⏳ Waiting. Before it: { $place }
run-told_later = I will send the result as soon as it is there.
run-cancelled = ✖️ Cancelled.
run-list_title = 📊 Your backtests
run-list_note = Newest first. Choose one to see it.
run-list_empty = There is none yet. Choose a strategy and try it on the past.
run-row = { $kind } · { $strategy } · { $symbol } { $timeframe } · { $state }
run-kind_backtest = 📊
run-kind_optimize = 🎯
run-kind_walk_forward = 🚶
run-kind_batch = 🗺
run-kind_compare = ⚖️
run-kind_monte_carlo = 🎲
run-state_queued = waiting
run-state_running = running
run-state_done = done
run-state_failed = failed
run-state_cancelled = cancelled
run-no_trades = There were no closed trades.
run-trades_sent = 📄 { $count ->
    [one] One trade
   *[other] { $count } trades
} of { $all }. Times are in UTC.
run-report_sent = 🗂 The whole result as a page that opens in any browser.

backtest-period = 🗓 { $from } – { $to } · { $candles } candles
backtest-gaps = ⚠️ The data has { $gaps ->
    [one] one gap
   *[other] { $gaps } gaps
} with { $missing } missing candles.
backtest-params = ⚙️ { $params }
backtest-doubt = ⚠️ { $doubt }
backtest-no_doubts = ✅ No look-ahead, enough trades, and neither higher fees nor a delay changes the picture.
backtest-no_doubts_loss = 📉 It lost money, and nothing speaks against the figures: no look-ahead, and enough trades.
backtest-open = 📌 { $open }
backtest-picture_equity = Strategy
backtest-picture_hold = Buy and hold
backtest-picture_drawdown = Drawdown
backtest-picture_outside = Out of sample

optimize-summary = Tried { $tried ->
    [one] one combination
   *[other] { $tried } combinations
}; { $profitable } made a profit. Best by { $by }:
optimize-row = { $total } · Sharpe { $sharpe } · DD { $drawdown } · { $trades ->
    [one] one trade
   *[other] { $trades } trades
}
optimize-rank = { $params }
optimize-asked = Yours now
optimize-warning = The best of many is partly luck. Believe it only when its neighbours are good as well and a walk-forward confirms it.
optimize-luck_unknown = There are too few days or combinations to say how much of the best is luck.
optimize-by-totalReturnRate = total return
optimize-by-sharpe = Sharpe
optimize-by-sortino = Sortino
optimize-by-calmar = Calmar
optimize-by-profitFactor = profit factor
optimize-by-winRate = win rate
optimize-by-expectancy = expectancy
optimize-by-low_maxDrawdown = smallest drawdown

walk-summary = { $windows } windows; in each the best of { $combinations } combinations was chosen on the candles before.
walk-meaning = Only what was traded after the choice counts here. That is closer to what you would have had.
walk-total = Out of sample
walk-efficiency = Walk-forward efficiency
walk-step = From { $from }: { $params }
walk-step_value = before { $inside } · after { $outside }
walk-picture = { $windows } windows, out of sample only

batch-summary = { $profitable } of { $markets } markets made a profit. Average { $average }, median { $median }.
batch-row = { $market }
compare-note = Every strategy with its usual parameters, yours with those you gave.
compare-row = { $strategy }

montecarlo-summary = The { $trades } trades were dealt anew { $deals } times.
montecarlo-meaning = Trades are taken as independent of each other, which those of a trend are not.
montecarlo-too_few = Only { $trades } closed trades: too few to deal anew. Choose a longer period.
montecarlo-actual = What happened
montecarlo-final_bad = Ends at, worst 5%
montecarlo-final_middle = Ends at, median
montecarlo-final_good = Ends at, best 5%
montecarlo-loss = Ends with a loss
montecarlo-fall_middle = Max drawdown, median
montecarlo-fall_bad = Max drawdown, worst 5%

report-belief = Can it be believed?
report-trades = Trades ({ $count })
report-more_trades = Only the first { $shown } are shown here; the CSV has { $kept }.
report-note = Made on { AT($at) }. Times of trades are in UTC. A result of the past promises nothing for the future.
report-year = Year
report-whole_year = Year
report-trade_side = Side
report-trade_entry = In
report-trade_entry_price = Price
report-trade_exit = Out
report-trade_exit_price = Price
report-trade_pnl = Profit
report-trade_return = Return
report-trade_reason = Closed by

notice-run-done = 📊 Your backtest is done. Type /backtests to see it.
notice-run-failed = ⚠️ Your backtest could not be run. Type /backtests to see why.
