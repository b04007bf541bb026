# แพ็กเกจ สัญญาเช่า คูปอง และการทดลองใช้: การแจ้งเตือน ข้อความบนเอกสาร และชื่อเรียก

feature-basic_strategies = กลยุทธ์พื้นฐาน
feature-all_strategies = กลยุทธ์ทั้งหมด
feature-live_notices = การแจ้งเตือนแบบเรียลไทม์
feature-portfolio_aggregation = พอร์ตรวมทุกบัญชี
feature-custom_strategies = กลยุทธ์ที่สร้างเอง
feature-plugins = ปลั๊กอิน
feature-api_access = การใช้งาน API
feature-multi_account_portfolio = พอร์ตหลายบัญชี
quota-tradingBots = บอตเทรด

rental-line_term = แพ็กเกจ{ NAME($planTh, $planEn) } { AT($from, style: "date") } ถึง { AT($to, style: "date") }
rental-line_discount = ส่วนลดคูปอง แพ็กเกจ{ NAME($planTh, $planEn) } { AT($from, style: "date") } ถึง { AT($to, style: "date") }
rental-line_unused = คืนค่าเช่าส่วนที่ไม่ได้ใช้ แพ็กเกจ{ NAME($planTh, $planEn) } { AT($from, style: "date") } ถึง { AT($to, style: "date") }

notice-contract-started = ✅ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณเริ่มแล้วค่ะ ชำระ { MONEY($totalSatang) } ใช้ได้ถึง { AT($until) } น.
notice-contract-renewed = ✅ ต่ออายุแพ็กเกจ{ NAME($planTh, $planEn) }เรียบร้อยแล้วค่ะ หักจากกระเป๋า { MONEY($totalSatang) } ใช้ได้ถึง { AT($until) } น.
notice-contract-upgraded = ✅ ตอนนี้คุณใช้แพ็กเกจ{ NAME($planTh, $planEn) }แล้วค่ะ ชำระ { MONEY($totalSatang) } ใช้ได้ถึง { AT($until) } น. ส่วนที่เหลือของแพ็กเกจเดิมคืนเข้ากระเป๋าให้แล้ว
notice-rental-not_done = เงินเข้ากระเป๋าของคุณแล้วค่ะ แต่ยังเช่าแพ็กเกจ{ NAME($planTh, $planEn) }ไม่ได้ { $why ->
    [rental-short] เพราะเงินในกระเป๋าน้อยกว่าราคา
    [quote-changed] เพราะราคาเปลี่ยนไปแล้ว
    [plan-retired] เพราะแพ็กเกจนี้ไม่เปิดให้เช่าแล้ว
    [contract-exists] เพราะคุณมีสัญญาอื่นอยู่แล้ว
    [contract-changed] เพราะสัญญาของคุณเปลี่ยนไปแล้ว
    [rental-frozen] เพราะยังมียอดค้างชำระ
    [contract-expired] เพราะสัญญาของคุณสิ้นสุดไปแล้ว
    [contract-ending] เพราะสัญญาของคุณจะสิ้นสุดเมื่อครบงวดนี้
    [contract-paused] เพราะสัญญาของคุณหยุดนับเวลาอยู่
    [plan-not_higher] เพราะคุณใช้แพ็กเกจนี้หรือแพ็กเกจที่สูงกว่าอยู่แล้ว
   *[other] เพราะมีบางอย่างขัดข้อง
} ดูสถานะล่าสุดได้ที่ /contract
notice-contract-reminder = ⏰ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณจะหมดอายุ { AT($until) } น. งวดถัดไป { MONEY($totalSatang) } ต่ออายุได้ที่ /renew โดยวันใหม่จะนับต่อจากวันเดิมค่ะ
notice-contract-reminder_auto = ⏰ สัญญาของคุณจะต่ออายุเอง { AT($until) } น. แพ็กเกจ{ NAME($planTh, $planEn) } { MONEY($totalSatang) } เงินในกระเป๋าพอแล้ว ไม่ต้องทำอะไรเพิ่มค่ะ
notice-contract-reminder_short = ⏰ สัญญาของคุณตั้งให้ต่ออายุเอง { AT($until) } น. แพ็กเกจ{ NAME($planTh, $planEn) } { MONEY($totalSatang) } เงินในกระเป๋ายังขาด { MONEY($missingSatang) } กรุณาเติมก่อนถึงเวลาค่ะ
notice-contract-reminder_trial = ⏰ การทดลองใช้จะสิ้นสุด { AT($until) } น. โดยไม่มีการหักเงิน ถ้าต้องการใช้แพ็กเกจ{ NAME($planTh, $planEn) }ต่อในราคา { MONEY($totalSatang) } ใช้ /renew ได้เลย วันที่เหลือยังเป็นของคุณค่ะ
notice-contract-reminder_end = ⏰ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณจะสิ้นสุด { AT($until) } น. และจะไม่ต่ออายุค่ะ
notice-contract-grace = ⚠️ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณหมดอายุแล้วค่ะ ทุกอย่างยังใช้ได้ถึง { AT($until) } น. กรุณาต่ออายุที่ /renew { MONEY($totalSatang) } ก่อนถึงเวลา มิฉะนั้นบอตเทรดจะหยุดทำงาน เหลืออีก { COUNT($daysLeft) } วัน
notice-contract-expired = ⛔ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณสิ้นสุดแล้วเมื่อ { AT($endedAt) } น. และบอตเทรดหยุดทำงานแล้วค่ะ เริ่มสัญญาใหม่ได้ทันทีที่ /renew
notice-contract-cancelled = สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณสิ้นสุดแล้วเมื่อ { AT($endedAt) } น. ตามที่แจ้งไว้ และบอตเทรดหยุดทำงานแล้วค่ะ เริ่มสัญญาใหม่ได้ที่ /plans
notice-contract-extended = 🎁 เจ้าหน้าที่เพิ่มวันให้สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณอีก { COUNT($days) } วัน ใช้ได้ถึง { AT($until) } น. ค่ะ
notice-contract-paused = ⏸ เจ้าหน้าที่หยุดนับเวลาสัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณไว้ชั่วคราว เวลาจะไม่เดินจนกว่าจะแจ้งให้ทราบ ระหว่างนี้ยังใช้งานได้ตามเดิมค่ะ
notice-contract-resumed = ▶️ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณเริ่มนับเวลาต่อแล้วค่ะ เวลาที่เหลือยังอยู่ครบ ใช้ได้ถึง { AT($until) } น.
notice-contract-end_set = สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณจะสิ้นสุด { AT($until) } น. และจะไม่ต่ออายุ หากมีข้อสงสัยกรุณาติดต่อเจ้าหน้าที่ค่ะ
notice-contract-end_unset = สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณต่ออายุได้ตามปกติแล้วค่ะ ใช้ได้ถึง { AT($until) } น.
notice-contract-refunded = ↩️ เจ้าหน้าที่ยกเลิกสัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณแล้ว เงินส่วนที่ยังไม่ได้ใช้ { MONEY($amountSatang) } คืนเข้ากระเป๋าให้แล้วค่ะ
notice-contract-joined = 🔗 ทั้งสองบัญชีของคุณมีสัญญาอยู่ เราเก็บสัญญาที่ดีกว่าไว้ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }สิ้นสุดแล้ว และคืนเงินส่วนที่ยังไม่ได้ใช้ { MONEY($amountSatang) } เข้ากระเป๋าให้แล้วค่ะ
notice-plan-repriced = ราคาแพ็กเกจ{ NAME($planTh, $planEn) }เปลี่ยนจาก { MONEY($formerSatang) } เป็น { MONEY($priceSatang) } งวดที่ชำระแล้วไม่เปลี่ยน ราคาใหม่เริ่มใช้กับงวดถัดไปของคุณ { AT($from) } น. เลือกแพ็กเกจอื่นได้ที่ /contract ค่ะ

tx-kind_rent = ค่าเช่า
tx-kind_rent_credit = คืนค่าเช่าที่ไม่ได้ใช้
tx-only_kind_rent = เฉพาะค่าเช่า
tx-only_kind_rent_credit = เฉพาะคืนค่าเช่าที่ไม่ได้ใช้
tx-line_rent = 📦 { AT($at) } · ค่าเช่า { $sign }{ MONEY($amountSatang) }
tx-line_rent_credit = ↩️ { AT($at) } · คืนค่าเช่าที่ไม่ได้ใช้ { $sign }{ MONEY($amountSatang) }

settings-group_contracts = แจ้งเตือนเรื่องสัญญา
settings-turn_off_contracts = 🔕 ปิดแจ้งเตือนเรื่องสัญญา
settings-turn_on_contracts = 🔔 เปิดแจ้งเตือนเรื่องสัญญา

panel-may_contracts-read = ดูสัญญา แพ็กเกจ และคูปอง
panel-may_contracts-manage = เพิ่มวัน หยุดเวลา ยกเลิก และคืนเงินสัญญา
panel-may_plans-manage = สร้างและแก้ไขแพ็กเกจ ราคา และคูปอง
panel-alert_contract-broken = มีสัญญาที่ระบบปรับให้เป็นปัจจุบันไม่ได้
panel-alert_rental-failed = เงินเข้าแล้ว แต่ทำรายการที่ตั้งใจไว้ไม่สำเร็จ
