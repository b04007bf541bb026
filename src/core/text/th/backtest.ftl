# แบ็กเทสต์ในแชต
command-strategies = กลยุทธ์ทั้งหมด และค่าที่ตั้งได้
command-backtest = ทดสอบกลยุทธ์กับราคาในอดีต
command-backtests = ผลแบ็กเทสต์และการค้นหาพารามิเตอร์ของคุณ
command-optimize = ค้นหาพารามิเตอร์ที่ดีกว่าของกลยุทธ์
command-batch = ทดสอบกลยุทธ์เดียวกับหลายตลาด

button-strategies = 🧠 กลยุทธ์
button-backtest = 📊 แบ็กเทสต์
button-backtests = 📊 แบ็กเทสต์ของฉัน
button-run_trades = 📄 รายการเทรด (CSV)
button-run_report = 🗂 รายงาน (HTML)
button-run_optimize = 🎯 หาพารามิเตอร์ ±30%
button-run_walk_forward = 🚶 วอล์กฟอร์เวิร์ด
button-run_compare = ⚖️ เทียบกลยุทธ์
button-run_monte_carlo = 🎲 มอนติคาร์โล
button-run_best = 📊 ทดสอบชุดที่ดีที่สุด

value-symbol = { $symbol }
value-timeframe = { $timeframe }
value-label = { $label }

field-strategy = ใช้กลยุทธ์ไหนคะ
field-strategy_hint = ชื่อกลยุทธ์ เช่น sma_cross ดูทั้งหมดได้ที่ /strategies
field-market = ตลาดไหนคะ
field-market_hint = เช่น BTC/USDT หรือพิมพ์แค่ btc
field-markets = ตลาดไหนบ้างคะ
field-markets_hint = เช่น BTC ETH SOL
field-timeframe = ไทม์เฟรมเท่าไหร่คะ
field-timeframe_hint = 1m, 5m, 15m, 30m, 1h, 4h หรือ 1d
field-first_day = ตั้งแต่วันที่เท่าไหร่คะ
field-first_day_hint = เช่น 2024-01-01 หากเว้นว่างจะเริ่มจากหนึ่งปีก่อน
field-last_day = ถึงวันที่เท่าไหร่คะ
field-last_day_hint = เช่น 2024-12-31 หากเว้นว่างจะถึงปัจจุบัน
field-page = หน้าที่เท่าไหร่คะ
field-page_hint = ตัวเลข หน้าแรกคือรายการล่าสุด
field-options = พารามิเตอร์และการตั้งค่า
field-options_hint = เช่น fast=10 slow=50 fee=0.1% stop=2%
field-by = วัดว่าดีที่สุดจากค่าไหนคะ
field-by_hint = เช่น sharpe หรือ totalReturnRate

strategies-title = 🧠 กลยุทธ์
strategies-note = เลือกกลยุทธ์เพื่อดูวิธีเทรดและค่าที่ตั้งได้ค่ะ
strategies-kind = { $kind ->
    [trend] ตามแนวโน้ม
    [momentum] โมเมนตัม
    [reversion] กลับสู่ค่าเฉลี่ย
    [breakout] เบรกเอาต์
    [grid] กริด
   *[accumulation] ทยอยสะสม
} · { $feature ->
    [basic_strategies] ใช้ได้ทุกแพ็กเกจ
   *[all_strategies] ใช้ได้ในแพ็กเกจที่มีกลยุทธ์ครบ
}
strategies-example = ลองดูค่ะ: /backtest { $name } BTC/USDT 1h 2024-01-01 2024-12-31 { $option }
strategies-options = ตั้งค่าเพิ่มได้: { $options } เช่น fee=0.1% stop=2% leverage=3 short
strategies-param = { $param }
strategies-bounds = { $words }: { QTY($min) } ถึง { QTY($max) } ค่าปกติ { QTY($standard) }
strategies-choices = { $words }: { $choices } ค่าปกติ { $standard }

run-title_backtest = 📊 { $strategy } · { $symbol } · { $timeframe }
run-title_optimize = 🎯 พารามิเตอร์ของ { $strategy } · { $symbol } · { $timeframe }
run-title_walk_forward = 🚶 วอล์กฟอร์เวิร์ด { $strategy } · { $symbol } · { $timeframe }
run-title_batch = 🗺 { $strategy } กับหลายตลาด · { $timeframe }
run-title_compare = ⚖️ ทุกกลยุทธ์ · { $symbol } · { $timeframe }
run-title_monte_carlo = 🎲 มอนติคาร์โล { $strategy } · { $symbol } · { $timeframe }
run-progress = { $bar } { $percent }%
run-waiting = ⏳ กำลังรอคิว มีงานก่อนหน้า { $place } งาน
run-told_later = เสร็จแล้วจะส่งผลให้ทันทีค่ะ
run-cancelled = ✖️ ยกเลิกแล้วค่ะ
run-list_title = 📊 แบ็กเทสต์ของคุณ
run-list_note = เรียงจากใหม่ไปเก่า เลือกเพื่อดูผลค่ะ
run-list_empty = ยังไม่มีรายการค่ะ เลือกกลยุทธ์แล้วลองทดสอบกับราคาในอดีตดูนะคะ
run-row = { $kind } · { $strategy } · { $symbol } { $timeframe } · { $state }
run-kind_backtest = 📊
run-kind_optimize = 🎯
run-kind_walk_forward = 🚶
run-kind_batch = 🗺
run-kind_compare = ⚖️
run-kind_monte_carlo = 🎲
run-state_queued = รอคิว
run-state_running = กำลังทำงาน
run-state_done = เสร็จแล้ว
run-state_failed = ไม่สำเร็จ
run-state_cancelled = ยกเลิกแล้ว
run-no_trades = ไม่มีเทรดที่ปิดแล้วค่ะ
run-trades_sent = 📄 เทรด { $count } จากทั้งหมด { $all } รายการ เวลาเป็น UTC ค่ะ
run-report_sent = 🗂 ผลทั้งหมดเป็นหน้าเดียว เปิดดูได้ในทุกเบราว์เซอร์ค่ะ

backtest-period = 🗓 { $from } – { $to } · { $candles } แท่ง
backtest-gaps = ⚠️ ข้อมูลขาดช่วง { $gaps } จุด รวม { $missing } แท่ง
backtest-params = ⚙️ { $params }
backtest-doubt = ⚠️ { $doubt }
backtest-no_doubts = ✅ ไม่มีการมองเห็นอนาคต จำนวนเทรดเพียงพอ และผลไม่เปลี่ยนมากแม้ค่าธรรมเนียมสูงขึ้นหรือคำสั่งช้าลง
backtest-no_doubts_loss = 📉 ผลคือขาดทุนค่ะ และตัวเลขนี้เชื่อถือได้: ไม่มีการมองเห็นอนาคต และจำนวนเทรดเพียงพอ
backtest-open = 📌 { $open }
backtest-picture_equity = กลยุทธ์
backtest-picture_hold = ซื้อแล้วถือ
backtest-picture_drawdown = ขาดทุนจากจุดสูงสุด
backtest-picture_outside = นอกช่วงที่เลือกค่า

optimize-summary = ทดสอบ { $tried } ชุด มีกำไร { $profitable } ชุด ชุดที่ดีที่สุดวัดจาก { $by }:
optimize-row = { $total } · Sharpe { $sharpe } · DD { $drawdown } · { $trades } เทรด
optimize-rank = { $params }
optimize-asked = ค่าที่คุณใช้อยู่
optimize-warning = ชุดที่ดีที่สุดในหลายชุดมีส่วนของโชคเสมอค่ะ ควรเชื่อเมื่อค่าใกล้เคียงให้ผลดีด้วย และวอล์กฟอร์เวิร์ดยืนยัน
optimize-luck_unknown = จำนวนวันหรือจำนวนชุดน้อยเกินกว่าจะบอกได้ว่าผลที่ดีที่สุดเป็นเพราะโชคเท่าใดค่ะ
optimize-by-totalReturnRate = ผลตอบแทนรวม
optimize-by-sharpe = Sharpe
optimize-by-sortino = Sortino
optimize-by-calmar = Calmar
optimize-by-profitFactor = Profit factor
optimize-by-winRate = อัตราชนะ
optimize-by-expectancy = กำไรคาดหวังต่อเทรด
optimize-by-low_maxDrawdown = Drawdown ต่ำที่สุด

walk-summary = แบ่งเป็น { $windows } ช่วง แต่ละช่วงใช้ชุดที่ดีที่สุดจาก { $combinations } ชุดซึ่งเลือกจากแท่งก่อนหน้า
walk-meaning = นับเฉพาะผลหลังจากเลือกค่าแล้ว จึงใกล้เคียงกับผลที่จะได้จริงมากกว่าค่ะ
walk-total = นอกช่วงที่เลือกค่า
walk-efficiency = ประสิทธิภาพนอกช่วงที่เลือกค่า
walk-step = ตั้งแต่ { $from }: { $params }
walk-step_value = ก่อน { $inside } · หลัง { $outside }
walk-picture = { $windows } ช่วง เฉพาะนอกช่วงที่เลือกค่า

batch-summary = มีกำไร { $profitable } จาก { $markets } ตลาด เฉลี่ย { $average } ค่ามัธยฐาน { $median }
batch-row = { $market }
compare-note = ทุกกลยุทธ์ใช้ค่าปกติ ส่วนกลยุทธ์ของคุณใช้ค่าที่คุณกำหนดค่ะ
compare-row = { $strategy }

montecarlo-summary = สุ่มลำดับของ { $trades } เทรดใหม่ { $deals } ครั้ง
montecarlo-meaning = ถือว่าแต่ละเทรดไม่เกี่ยวข้องกัน ซึ่งไม่จริงสำหรับเทรดที่อยู่ในแนวโน้มเดียวกันค่ะ
montecarlo-too_few = มีเทรดที่ปิดแล้วเพียง { $trades } รายการ น้อยเกินไปสำหรับการสุ่มใหม่ ลองเลือกช่วงเวลาที่ยาวขึ้นนะคะ
montecarlo-actual = ผลที่เกิดขึ้นจริง
montecarlo-final_bad = ยอดสุดท้าย 5% ที่แย่ที่สุด
montecarlo-final_middle = ยอดสุดท้าย ค่ามัธยฐาน
montecarlo-final_good = ยอดสุดท้าย 5% ที่ดีที่สุด
montecarlo-loss = โอกาสจบแบบขาดทุน
montecarlo-fall_middle = Drawdown สูงสุด ค่ามัธยฐาน
montecarlo-fall_bad = Drawdown สูงสุด 5% ที่แย่ที่สุด

report-belief = ผลนี้เชื่อได้แค่ไหน
report-trades = รายการเทรด ({ $count })
report-more_trades = แสดงเฉพาะ { $shown } รายการแรก ในไฟล์ CSV มี { $kept } รายการ
report-note = จัดทำเมื่อ { AT($at) } เวลาของเทรดเป็น UTC ผลในอดีตไม่ได้รับประกันผลในอนาคต
report-year = ปี
report-whole_year = ทั้งปี
report-trade_side = ฝั่ง
report-trade_entry = เข้า
report-trade_entry_price = ราคา
report-trade_exit = ออก
report-trade_exit_price = ราคา
report-trade_pnl = กำไร
report-trade_return = ผลตอบแทน
report-trade_reason = ปิดเพราะ

notice-run-done = 📊 แบ็กเทสต์ของคุณเสร็จแล้วค่ะ พิมพ์ /backtests เพื่อดูผล
notice-run-failed = ⚠️ แบ็กเทสต์ของคุณทำไม่สำเร็จค่ะ พิมพ์ /backtests เพื่อดูสาเหตุ
