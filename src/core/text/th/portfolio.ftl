# Portfolio in the chats.
command-portfolio = มูลค่าพอร์ตของทุกบัญชี ทั้งรวมและแยกบัญชี
command-positions = สินทรัพย์ที่ถือและโพซิชันที่เปิดอยู่
command-performance = ผลตอบแทน ขาดทุนสูงสุด และความเสี่ยงของพอร์ต
command-alerts = แจ้งเตือนเมื่อพอร์ตหรือโพซิชันเปลี่ยนแปลง
command-alerts-add = ตั้งการแจ้งเตือนใหม่
command-valuation = วิธีคิดกำไรขาดทุนและการซ่อนยอดเล็กน้อย

field-portfolio_account = บัญชี
field-portfolio_account_hint = ชื่อบัญชีของคุณ เว้นว่างไว้ถ้าต้องการดูทุกบัญชี
field-period = ช่วงเวลา
field-period_hint = 7d, 30d, 90d, 1y หรือ all
field-move = เปลี่ยนแปลงกี่เปอร์เซ็นต์
field-move_hint = เช่น 5 หรือ 2.5
field-alert_asset = สินทรัพย์หรือโพซิชัน
field-alert_asset_hint = เช่น BTC หรือพิมพ์ “รวม” สำหรับยอดรวมทั้งพอร์ต
field-cost = วิธีคิดต้นทุน
field-cost_hint = fifo (เข้าก่อนออกก่อน) หรือ average (ถัวเฉลี่ย)
field-dust = ซ่อนยอดที่ต่ำกว่า (USDT)
field-dust_hint = 0 ถึง 1000 โดย 0 คือไม่ซ่อน

portfolio-title = { $realm ->
    [practice] พอร์ต · เงินทดลอง
   *[real] พอร์ต
}
portfolio-none = คุณยังไม่ได้เชื่อมบัญชีกระดานเทรดค่ะ เพิ่มได้ด้วย /addaccount หรือเริ่มจากกระดานทดลองโดยไม่ต้องใช้คีย์
portfolio-total_thb = มูลค่ารวม (บาท)
portfolio-total_usd = มูลค่ารวม (ดอลลาร์)
portfolio-total_usdt = มูลค่ารวม (USDT)
portfolio-unrealised = กำไร/ขาดทุนที่ยังไม่รับรู้
portfolio-realised = { $method ->
    [average] กำไร/ขาดทุนที่รับรู้แล้ว (ถัวเฉลี่ย หักค่าธรรมเนียมแล้ว)
   *[fifo] กำไร/ขาดทุนที่รับรู้แล้ว (FIFO หักค่าธรรมเนียมแล้ว)
}
portfolio-exposure = สถานะเปิดรับความเสี่ยง (USDT)
portfolio-exposure_value = long { $long } · short { $short } · สุทธิ { $net } · รวม { $gross }
portfolio-utilisation = สัดส่วนเงินที่ใช้ไป
portfolio-rate = USDT/THB
portfolio-rate_value = { $price } จาก { $source } เมื่อ { AT($at) }
portfolio-part = { $by ->
    [exchange] ▫️ { $label }: { $usdt } USDT · { $share }
    [group] ▫️ กลุ่ม { $label }: { $usdt } USDT · { $share }
   *[account] ▫️ { $label }: { $usdt } USDT · { $share }
}
portfolio-part_none = ▫️ ไม่มีกลุ่ม: { $usdt } USDT · { $share }
portfolio-more = … และอีก { $count } รายการ พิมพ์ชื่อต่อท้ายคำสั่งเพื่อดูทีละบัญชี เช่น /portfolio ชื่อบัญชี
portfolio-only = { $by ->
    [exchange] เฉพาะ { $label }
    [group] เฉพาะกลุ่ม { $label }
   *[account] เฉพาะบัญชี { $label }
}
portfolio-only_none = เฉพาะบัญชีที่ไม่มีกลุ่ม
portfolio-as_of = ข้อมูล ณ { AT($at) }
portfolio-stale = ⚠️ { $label } ({ $exchange }) อ่านล่าสุดเมื่อ { AT($readAt) }: { $trouble ->
    [unreachable] ติดต่อกระดานไม่ได้
    [slow] กระดานไม่ตอบภายในเวลาที่กำหนด
    [limited] กระดานขอให้รอสักครู่
    [maintenance] กระดานปิดปรับปรุง
    [malformed] กระดานตอบข้อมูลที่อ่านไม่ได้
    [none] ยังไม่ได้อ่านใหม่ตั้งแต่นั้น
   *[other] กระดานปฏิเสธ โปรดตรวจสอบคีย์ของบัญชี
} ยอดรวมใช้ตัวเลขเดิมค่ะ
portfolio-stale_since = ⚠️ { $label } ({ $exchange }) มีปัญหาตั้งแต่ { AT($since) }: { $trouble ->
    [unreachable] ติดต่อกระดานไม่ได้
    [slow] กระดานไม่ตอบภายในเวลาที่กำหนด
    [limited] กระดานขอให้รอสักครู่
    [maintenance] กระดานปิดปรับปรุง
    [malformed] กระดานตอบข้อมูลที่อ่านไม่ได้
    [none] ไม่ทราบสาเหตุ
   *[other] กระดานปฏิเสธ โปรดตรวจสอบคีย์ของบัญชี
} ยอดรวมใช้ตัวเลขของ { AT($readAt) } ค่ะ
portfolio-stale_never = ⚠️ { $label } ({ $exchange }) ยังอ่านไม่ได้เลย: { $trouble ->
    [unreachable] ติดต่อกระดานไม่ได้
    [slow] กระดานไม่ตอบภายในเวลาที่กำหนด
    [limited] กระดานขอให้รอสักครู่
    [maintenance] กระดานปิดปรับปรุง
    [malformed] กระดานตอบข้อมูลที่อ่านไม่ได้
    [none] กำลังอ่านครั้งแรก
   *[other] กระดานปฏิเสธ โปรดตรวจสอบคีย์ของบัญชี
} จึงยังไม่อยู่ในยอดรวมค่ะ
portfolio-stale_more = ⚠️ อีก { $count } บัญชีใช้ตัวเลขเดิมหรือยังไม่มีตัวเลข: { $names }
portfolio-off = ปิดไว้และไม่นับรวม: { $names }
portfolio-unpriced = ไม่มีราคาของ { $names } จึงไม่นับรวม
portfolio-dust = ยอดเล็กน้อย { $count } รายการ รวม { $usdt } USDT
portfolio-rates_stale = ⚠️ ราคาบางรายการเก่ากว่าที่ควรค่ะ
portfolio-no_baht = ยังไม่มีอัตราแลกเงินบาท จึงไม่แสดงยอดรวมเป็นบาทค่ะ
portfolio-incomplete = * กำไร/ขาดทุนคิดเฉพาะส่วนที่ทราบต้นทุน เพราะประวัติจากกระดานไม่ครบค่ะ
portfolio-approximate = บางรายการแปลงค่าด้วยอัตราวันนี้ เพราะไม่ทราบอัตราของวันนั้นค่ะ
portfolio-refresh = 🔄 รีเฟรช
portfolio-positions = 📋 โพซิชัน
portfolio-performance = 📈 ผลตอบแทน
portfolio-button = 💼 พอร์ต
portfolio-everything = ทุกบัญชี
portfolio-by = { $by ->
    [exchange] ตามกระดาน
    [group] ตามกลุ่ม
   *[account] ตามบัญชี
}
portfolio-open = 🔎 { $label }
portfolio-open_none = 🔎 ไม่มีกลุ่ม
portfolio-alerts = 🔔 แจ้งเตือน
portfolio-settings = ⚙️ วิธีคิดกำไร
portfolio-realm = { $realm ->
    [practice] 🧪 เงินทดลอง
   *[real] 💰 เงินจริง
}
portfolio-rest = อื่น ๆ
portfolio-picture_subtitle = { AT($at) } · { $period ->
    [p7d] มูลค่าย้อนหลัง 7 วัน
    [p30d] มูลค่าย้อนหลัง 30 วัน
    [p90d] มูลค่าย้อนหลัง 90 วัน
    [p1y] มูลค่าย้อนหลัง 1 ปี
   *[all] มูลค่าตั้งแต่เริ่มต้น
}
portfolio-picture_usdt = มูลค่ารวม (USDT)
portfolio-picture_unrealised = ยังไม่รับรู้ (USDT)
portfolio-picture_realised = รับรู้แล้ว (USDT)
portfolio-picture_allocation = สัดส่วนสินทรัพย์
portfolio-picture_value = มูลค่า (USDT)
portfolio-picture_none = ยังไม่มีประวัติ ระบบจะเก็บข้อมูลทุก 5 นาทีนับจากนี้
portfolio-side = { $side ->
    [short] short
   *[long] long
}
portfolio-csv_note = { $count } รายการ แยกตามบัญชีค่ะ
portfolio-csv_account = บัญชี
portfolio-csv_exchange = กระดาน
portfolio-csv_group = กลุ่ม
portfolio-csv_kind = { $kind ->
    [futures] ฟิวเจอร์ส
    [spot] สปอต
   *[head] ประเภท
}
portfolio-csv_symbol = สัญลักษณ์
portfolio-csv_side = ฝั่ง
portfolio-csv_qty = จำนวน
portfolio-csv_value_usdt = มูลค่า (USDT)
portfolio-csv_value_thb = มูลค่า (บาท)
portfolio-csv_cost_usdt = ต้นทุน (USDT)
portfolio-csv_unrealised_usdt = ยังไม่รับรู้ (USDT)
portfolio-csv_realised_usdt = รับรู้แล้ว (USDT)
portfolio-csv_complete = { $is ->
    [yes] ใช่
    [no] ไม่
   *[head] ทราบต้นทุนครบ
}
portfolio-csv_as_of = ข้อมูล ณ (เวลาไทย)

positions-title = { $realm ->
    [practice] โพซิชัน · เงินทดลอง (USDT)
   *[real] โพซิชัน (USDT)
}
positions-line = { $kind ->
    [futures] { $side ->
        [short] 🔻 { $symbol } short { $qty } · { $value } · { $profit }
       *[long] 🔺 { $symbol } long { $qty } · { $value } · { $profit }
    }
    [borrowed] 🔻 { $symbol } ยืม { $qty } · { $value }
   *[spot] ▫️ { $symbol } { $qty } · { $value } · { $profit }
}{ $accounts ->
    [1] {""}
   *[other] {" "}· ×{ $accounts }
}
positions-none = ยังไม่ได้ถือสินทรัพย์และไม่มีโพซิชันเปิดอยู่ค่ะ
positions-page = หน้า { $page } จาก { $pages } · ทั้งหมด { $total } รายการ
positions-previous = ‹ ก่อนหน้า
positions-next = ถัดไป ›

performance-title = { $realm ->
    [practice] ผลตอบแทน · เงินทดลอง
   *[real] ผลตอบแทน
} · { $period ->
    [p7d] 7 วัน
    [p30d] 30 วัน
    [p90d] 90 วัน
    [p1y] 1 ปี
   *[all] ทั้งหมด
}
performance-period = { $period ->
    [p7d] 7 วัน
    [p30d] 30 วัน
    [p90d] 90 วัน
    [p1y] 1 ปี
   *[all] ทั้งหมด
}
performance-none = ช่วงเวลานี้ยังมีข้อมูลไม่ถึงสองจุดค่ะ ระบบเก็บข้อมูลทุก 5 นาที กลับมาดูใหม่อีกสักครู่นะคะ
performance-span = { AT($from) } – { AT($to) } · ผลตอบแทนรายวัน { $days } วัน
performance-partial = ข้อมูล { $count } จุดในช่วงนี้ไม่ครบ เพราะอ่านบางบัญชีไม่ได้หรือไม่มีราคาค่ะ
performance-return = ผลตอบแทนถ่วงเวลา (TWR)
performance-profit = กำไร/ขาดทุน
performance-flow = ฝากหักถอน
performance-drawdown = ขาดทุนสูงสุดจากจุดสูงสุด
performance-sharpe = Sharpe (ต่อปี)
performance-sortino = Sortino (ต่อปี)
performance-var = VaR { $level }% ต่อวัน
performance-shortfall = Expected shortfall { $level }%
performance-too_little = ข้อมูลยังไม่พอ: มี { $have } จาก { $need } วัน
performance-flat = คำนวณไม่ได้ เพราะไม่มีการเปลี่ยนแปลงหรือไม่มีวันที่ขาดทุน
performance-pairs = สหสัมพันธ์ของผลตอบแทนรายวัน:
performance-pair = ▫️ { $a } – { $b }: { $value }
performance-pair_flat = ▫️ { $a } – { $b }: มีบัญชีที่มูลค่าไม่เปลี่ยนแปลงเลย
performance-pair_short = ▫️ { $a } – { $b }: ข้อมูลยังไม่พอ มีวันที่ตรงกัน { $have } จาก { $need } วัน

alerts-title = การแจ้งเตือนของพอร์ต
alerts-note = แจ้งหนึ่งครั้งเมื่อมูลค่าเป็น USDT ขึ้นหรือลงถึงเปอร์เซ็นต์ที่ตั้งไว้ แล้วเริ่มวัดใหม่จากมูลค่านั้นค่ะ การฝากและถอนก็ทำให้มูลค่าเปลี่ยนเช่นกัน
alerts-none = ยังไม่ได้ตั้งการแจ้งเตือนค่ะ
alerts-total = { $number }. ยอดรวม เปลี่ยนแปลง { $percent }%
alerts-position = { $number }. { $subject } เปลี่ยนแปลง { $percent }%
alerts-quick = 🔔 ยอดรวม ±{ $percent }%
alerts-add = ➕ ตั้งเพิ่ม
alerts-remove = 🗑 { $number }

valuation-title = วิธีคิดกำไร/ขาดทุน
valuation-note = ใช้กับ /portfolio, /positions และไฟล์ที่ดาวน์โหลดค่ะ
valuation-cost = ต้นทุนของส่วนที่ขาย
valuation-method = { $method ->
    [average] ถัวเฉลี่ย
   *[fifo] เข้าก่อนออกก่อน (FIFO)
}
valuation-use = { $method ->
    [average] ใช้ต้นทุนถัวเฉลี่ย
   *[fifo] ใช้ FIFO
}
valuation-dust = รวมยอดที่ต่ำกว่าไว้บรรทัดเดียว
valuation-dust_below = { $limit ->
    [0] ไม่ซ่อน
   *[other] ต่ำกว่า { $limit } USDT
}

notice-portfolio-moved = { $subject ->
    [total] 🔔 มูลค่าพอร์ตของคุณ
   *[other] 🔔 มูลค่า { $subject } ในพอร์ตของคุณ
} { $direction ->
    [down] ลดลง
   *[up] เพิ่มขึ้น
} { $percent }%: จาก { $fromUsdt } เป็น { $nowUsdt } USDT ครั้งต่อไปจะวัดจากมูลค่านี้ค่ะ
panel-notice_kind_portfolio-moved = มูลค่าพอร์ตเปลี่ยนแปลง

# Settings and the panel.
panel-set_portfolio-houseRates = อัตราแลกเปลี่ยนของระบบ
panel-set_portfolio-houseRates_about = มูลค่าของ 1 USDT ที่ใช้เมื่อไม่มีกระดานใดให้ราคา หากมีราคาจากตลาดจะใช้ราคาตลาดก่อนเสมอ
panel-set_portfolio-houseRates_usdtInThb = 1 USDT เป็นเงินบาท
panel-set_portfolio-houseRates_usdtInThb_hint = เว้นว่างไว้: เมื่อไม่มีราคาตลาดจะไม่แสดงยอดรวมเป็นบาท
panel-set_portfolio-houseRates_usdtInUsd = 1 USDT เป็นดอลลาร์
panel-set_portfolio-houseRates_usdtInUsd_hint = เว้นว่างไว้: เมื่อไม่มีราคาตลาดจะไม่แสดงยอดรวมเป็นดอลลาร์
panel-set_portfolio-houseRates_validDays = ถือว่าเป็นปัจจุบันภายใน
panel-set_portfolio-houseRates_validDays_unit = วัน
panel-issue_rate = อัตราต้องเป็นตัวเลขมากกว่าศูนย์ ทศนิยมไม่เกินแปดตำแหน่ง เช่น 32.45

panel-portfolio_link = พอร์ตและบัญชีกระดานเทรด
panel-portfolio_of = พอร์ตของ { $name }
panel-portfolio_real = เงินจริง
panel-portfolio_practice = เงินทดลอง
panel-portfolio_thb = มูลค่ารวม (บาท)
panel-portfolio_usdt = มูลค่า (USDT)
panel-portfolio_unrealised = ยังไม่รับรู้ (USDT)
panel-portfolio_realised = รับรู้แล้ว (USDT)
panel-portfolio_net = สถานะสุทธิ / รวม (USDT)
panel-portfolio_used = สัดส่วนเงินที่ใช้ไป
panel-portfolio_unpriced = ไม่มีราคา ไม่นับรวม
panel-portfolio_accounts = บัญชี
panel-portfolio_no_accounts = ไม่มีบัญชีกระดานเทรด
panel-portfolio_account = บัญชี
panel-portfolio_state = การอ่านล่าสุด
panel-portfolio_fresh = เป็นปัจจุบัน
panel-portfolio_stale = ข้อมูลเดิม
panel-portfolio_off = ปิดอยู่
panel-portfolio_positions = สินทรัพย์และโพซิชัน
panel-portfolio_asset = สินทรัพย์
panel-portfolio_side = ฝั่ง
panel-portfolio_long = long
panel-portfolio_short = short
panel-portfolio_qty = จำนวน
panel-portfolio_more = ยังมีอีก { $count } รายการที่ไม่ได้แสดง
panel-portfolio_incomplete = * กำไร/ขาดทุนคิดเฉพาะส่วนที่ทราบต้นทุน เพราะประวัติจากกระดานไม่ครบ
panel-portfolio_value = มูลค่าย้อนหลัง 90 วัน (USDT)
panel-portfolio_no_curve = ยังมีข้อมูลไม่ถึงสองจุด
