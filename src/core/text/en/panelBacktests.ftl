# Backtests in the operators' panel, and what their people are told when one is stopped
panel-backtests = Backtests
panel-may_runs-read = See backtests and their results
panel-may_runs-cancel = Stop backtests
panel-person_runs = Backtests
panel-notice_kind_run-stopped = Backtest stopped
notice-run-stopped = ✖️ Our staff stopped your backtest. Reason: { $reason }
panel-done_run_stop = The run is being stopped, and its person is told.

panel-run_queue = Queue
panel-run_queue_waiting = Waiting
panel-run_queue_oldest = the oldest for { $span }
panel-run_queue_running = Running
panel-run_queue_done = Done, 24 hours
panel-run_queue_part = only the newest were counted
panel-run_queue_failed = Failed, 24 hours
panel-run_queue_cancelled = { $count } cancelled
panel-run_queue_average = Average duration, 24 hours
panel-run_seconds = { $seconds } s
panel-run_minutes = { $minutes } min
panel-run_running = Running now
panel-run_since = Since
panel-run_what = Run
panel-run_progress = Progress
panel-run_attempt = Attempt
panel-run_attempts = Attempts
panel-run_lease = Held until
panel-run_lease_over = its instance has gone
panel-run_stopping = being stopped

panel-run_kind = Kind
panel-run_kind_backtest = Backtest
panel-run_kind_optimize = Parameter search
panel-run_kind_walk_forward = Walk-forward
panel-run_kind_batch = Several markets
panel-run_kind_compare = Strategy comparison
panel-run_kind_monte_carlo = Monte Carlo
panel-run_strategy = Strategy
panel-run_symbol = Market

panel-run_of = { $kind }: { $strategy } · { $symbol } · { $timeframe }
panel-run_back = To all backtests
panel-run_state = State
panel-run_asked_at = Asked for
panel-run_asked_in = Asked in
panel-run_place = Place in the queue
panel-run_place_value = { $place ->
    [0] next
    [one] 1 run before it
   *[other] { $place } runs before it
}
panel-run_started_at = Started
panel-run_ended_at = Ended
panel-run_took = Took
panel-run_stopped_by = Stopped by
panel-run_stop = Stop the run
panel-run_stop_note = A run that waits ends at once; one that is running ends within seconds. It cannot be resumed.
panel-run_stop_hint = Its person reads this, and it is kept in the audit with your name.
panel-run_failed = The run failed. Its person reads:
panel-run_report_file = Report (HTML)
panel-run_trades_file = Trades (CSV)

panel-run_request = Request
panel-run_timeframe = Timeframe
panel-run_period = Period
panel-run_deals = Deals
panel-run_seed = Seed
panel-run_strategies = Strategies
panel-run_markets = Markets
panel-run_windows = Windows
panel-run_mode = Windows move
panel-run_mode_rolling = rolling: each as long as the others
panel-run_mode_anchored = anchored: from the first candle each time
panel-run_by = Best by
panel-run_range_of = Range: { $name }
panel-run_values = { $from } … { $to } ({ $count } values)
panel-run_sample = Sample
panel-run_sample_value = { $count } combinations drawn at random at most
panel-run_params = Parameters
panel-run_param = Parameter
panel-run_value = Value
panel-run_usual = Usual
panel-run_no_params = This strategy has no parameters.
panel-run_settings = Settings
panel-run_setting = Setting
panel-run_setting_capital = Capital
panel-run_setting_feeRate = Fee a side
panel-run_setting_slippageRate = Slippage a side
panel-run_setting_sizing = Size of an entry
panel-run_setting_shorting = Short positions
panel-run_setting_leverage = Leverage
panel-run_setting_maintenanceMarginRate = Maintenance margin
panel-run_setting_stopLossRate = Stop loss
panel-run_setting_takeProfitRate = Take profit
panel-run_setting_trailingStopRate = Trailing stop
panel-run_setting_trailingStopOf = Trailing stop measured from
panel-run_setting_delayCandles = Delay of orders (candles)
panel-run_setting_closeAtEnd = Closed at the end
panel-run_none = none
panel-run_trailing_entry = the entry price
panel-run_trailing_best = the best price since
panel-run_sizing_all = all free money
panel-run_sizing_fraction = { $share } of the free money
panel-run_sizing_quote = { QTY($amount) } each time
panel-run_sizing_risk = { $share } of the equity at risk
panel-run_sizing_qty = { QTY($qty) } coins each time

panel-run_candles = { QTY($count) } candles, { $from } – { $to } (UTC)
panel-run_gaps = { $gaps ->
    [one] one gap
   *[other] { $gaps } gaps
}, { $missing } candles missing
panel-run_chart_curves = Equity and drawdown
panel-run_chart_map = { $by } over the parameters
panel-run_chart_about = the same figures stand in the table below
panel-run_belief = Verdict
panel-run_belief_good = fine
panel-run_belief_warning = doubtful
panel-run_belief_fault = wrong
panel-run_finding = What was found
panel-run_figures = Further figures
panel-run_no_trades = No trade was closed.
panel-run_trades_utc = Times of trades are in UTC.
panel-run_tried = Tried { QTY($tried) } combinations; { QTY($profitable) } made a profit. Ranked by: { $by }.
panel-run_asked = As asked
panel-run_best = The best combinations
panel-run_luck_unknown = There are too few days or combinations to say how much of the best is luck.
panel-run_luck_warning = The best of many is partly luck: its neighbours have to be good as well, and a walk-forward has to confirm it.
panel-run_inside = In sample
panel-run_outside = Out of sample
panel-run_steps = Windows
panel-run_too_few_trades = Only { $trades } closed trades: too few to deal anew.
panel-run_deals_meaning = Trades are taken as independent of each other, which those of a trend are not.
panel-run_bands = Spread of the outcomes
panel-run_band = { $percent }th percentile
panel-run_final = Final equity
panel-run_fall = Max drawdown
