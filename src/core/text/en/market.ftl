# What is said about candles and where they come from
market-imported = { QTY($candles) } candles read: { QTY($added) } new, { QTY($changed) } changed, { QTY($same) } as they were.
market-series = { $source } { $symbol } { $timeframe }: { QTY($count) } candles from { $from } to { $to } UTC
market-made_of_minutes = Made of stored minutes.
market-whole = No candle is missing.
market-missing = { QTY($count) } candles are missing:
market-gap = { $from } to { $to } UTC: { QTY($count) }
market-gaps_more = … and more gaps.
market-spike = { $at } UTC: the price jumped away and came back. It was kept as it came.
market-nothing = No candles are stored yet.
market-nothing_of = No candles of { $symbol } { $timeframe } are stored under { $source }.
market-computed = The candles of the demo exchange are computed when they are needed; there is nothing to store.
market-progress = { $percent } %

# What is wrong with a file of candles, beside what a backtest finds
market-csv-off_grid = Line { $line }: no candle of { $timeframe } opens at { $at } UTC.
market-csv-not_closed = Line { $line }: the candle of { $at } UTC has not closed yet. Leave it out.
market-csv-other_timeframe = Line { $line }: the candles are { $minutes } minutes apart; those of { $timeframe } are not.
market-csv-outside_range = Line { $line }: open or close lies outside the candle's own high and low.
market-csv-nothing_stored = Nothing was stored.
