# การเช่าในแชต: แพ็กเกจ สัญญา การชำระเงิน และคูปอง
command-plans = แพ็กเกจที่เปิดให้เช่าและสิ่งที่แต่ละแพ็กเกจใช้ได้
command-contract = แพ็กเกจของคุณ วันคงเหลือ และสิ่งที่จะเกิดขึ้นต่อไป
command-renew = ชำระงวดถัดไป
command-upgrade = อัปเกรดเป็นแพ็กเกจที่สูงขึ้นทันที
command-coupon = ใช้คูปอง

button-plans = 📦 แพ็กเกจ
button-contract = 📄 สัญญาของฉัน
button-renew = 🔁 ต่ออายุ
button-renew_again = 🔁 เริ่มสัญญาใหม่
button-coupon = 🎟 คูปอง
button-documents = 🧾 ใบเสร็จและใบกำกับภาษี
button-change_plan = 📦 เปลี่ยนแพ็กเกจ
button-rent = เช่าเลย · { MONEY($priceSatang) }
button-trial = ทดลองใช้ฟรี { $days } วัน
button-stay = ใช้แพ็กเกจนี้ต่อ
button-upgrade_now = เปลี่ยนทันที
button-next_term = เปลี่ยนตั้งแต่งวดหน้า
button-pay = ✅ ชำระ { MONEY($amountSatang) } จากกระเป๋า
button-change_now = ✅ เปลี่ยนเลย
button-topup_missing = 💳 เติม { MONEY($amountSatang) } แล้วดำเนินการต่อ
button-auto_on = 🔁 เปิดต่ออายุอัตโนมัติ
button-auto_off = ⏸ ปิดต่ออายุอัตโนมัติ

field-plan = แพ็กเกจไหนคะ
field-plan_hint = ชื่อแพ็กเกจ เช่น premium เว้นว่างไว้เพื่อเลือกจากปุ่มก็ได้ค่ะ
field-coupon = รหัสคูปองของคุณคืออะไรคะ
field-coupon_hint = ตัวอักษรและตัวเลขตามที่ได้รับมา

plans-title = 📦 แพ็กเกจ
plans-note = ทุกแพ็กเกจมีงวดละ 30 วัน เลือกดูรายละเอียดได้เลยค่ะ
plans-none = ตอนนี้ยังไม่มีแพ็กเกจที่เปิดให้เช่า กรุณากลับมาดูใหม่ภายหลังค่ะ
plans-name = { NAME($planTh, $planEn) }
plans-name_mine = { NAME($planTh, $planEn) } ✓
plans-price_label = ราคา
plans-price = { MONEY($priceSatang) } ต่อ 30 วัน
plans-choose = { NAME($planTh, $planEn) } · { MONEY($priceSatang) }
plans-about = { NAME($aboutTh, $aboutEn) }
plans-tradingBots_most_line = ✓ บอตเทรดได้สูงสุด { $most } ตัว
plans-tradingBots_any_line = ✓ บอตเทรดไม่จำกัดจำนวน
plans-feature_line = ✓ { $feature ->
    [all_strategies] กลยุทธ์ทั้งหมด
    [live_notices] การแจ้งเตือนแบบเรียลไทม์
    [portfolio_aggregation] พอร์ตรวมทุกบัญชี
    [custom_strategies] กลยุทธ์ที่สร้างเอง
    [plugins] ปลั๊กอิน
    [api_access] การใช้งาน API
    [multi_account_portfolio] พอร์ตหลายบัญชี
   *[basic_strategies] กลยุทธ์พื้นฐาน
}
plans-trial_began = 🎉 เริ่มทดลองใช้แล้วค่ะ ใช้ได้ถึง { AT($until) } น. แล้วจะสิ้นสุดเอง ไม่มีการหักเงิน

rent-title_start = เช่าแพ็กเกจ{ NAME($planTh, $planEn) }
rent-title_renew = ต่ออายุแพ็กเกจ{ NAME($planTh, $planEn) }
rent-title_upgrade = เปลี่ยนเป็นแพ็กเกจ{ NAME($planTh, $planEn) }ทันที
rent-enough = เงินในกระเป๋าพอแล้วค่ะ จะยังไม่มีการชำระจนกว่าคุณจะกดปุ่ม
rent-short = เงินในกระเป๋ายังขาด { MONEY($missingSatang) } ค่ะ เติมเท่านี้พอดี แล้วระบบจะดำเนินการต่อให้เอง
rent-short_owed = คุณยังมียอดค้างชำระซึ่งจะหักก่อน รวมแล้วยังขาด { MONEY($missingSatang) } ค่ะ เติมเท่านี้พอดี แล้วระบบจะดำเนินการต่อให้เอง
rent-discount = ส่วนลดคูปอง
rent-credit = คืนค่าเช่าส่วนที่ยังไม่ได้ใช้
rent-total = ยอดที่ต้องชำระ
rent-back = คืนเข้ากระเป๋า
rent-period = ช่วงเวลา
rent-period_value = { AT($from, style: "date") } – { AT($to) } น.
rent-paid = ✅ ชำระ { MONEY($totalSatang) } แล้วค่ะ สัญญาของคุณใช้ได้ถึง { AT($until) } น.
rent-upgraded = ✅ เปลี่ยนแพ็กเกจเรียบร้อยแล้วค่ะ ชำระ { MONEY($totalSatang) } ส่วนที่เหลือของแพ็กเกจเดิมคืนเข้ากระเป๋าให้แล้ว สัญญาใช้ได้ถึง { AT($until) } น.
rent-smallest = ยอดเติมขั้นต่ำคือ { MONEY($amountSatang) } ส่วนที่เกินจะอยู่ในกระเป๋าของคุณค่ะ
rent-paid_before = รายการนี้ชำระไปแล้วและไม่มีการหักเงินซ้ำค่ะ สัญญาของคุณใช้ได้ถึง { AT($until) } น.
rent-by_itself_start = ทันทีที่ชำระ สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }จะเริ่มให้เองค่ะ
rent-by_itself_renew = ทันทีที่ชำระ แพ็กเกจ{ NAME($planTh, $planEn) }จะต่ออายุให้เองค่ะ
rent-by_itself_upgrade = ทันทีที่ชำระ ระบบจะเปลี่ยนเป็นแพ็กเกจ{ NAME($planTh, $planEn) }ให้เองค่ะ
rent-upgrade_title = อัปเกรดแพ็กเกจ
rent-upgrade_note = ตอนนี้คุณใช้แพ็กเกจ{ NAME($planTh, $planEn) }อยู่ค่ะ หากอัปเกรดทันที ค่าเช่าส่วนที่ยังไม่ได้ใช้จะคืนเข้ากระเป๋าให้
rent-upgrade_none = คุณใช้แพ็กเกจ{ NAME($planTh, $planEn) }อยู่แล้วค่ะ ไม่มีแพ็กเกจที่สูงกว่านี้
rent-coupon_taken = 🎟 รับคูปอง { $code } แล้วค่ะ ระบบจะใช้ให้เองเมื่อชำระ
rent-coupon_fixed = ลด { MONEY($amountSatang) } ต่องวด ใช้ได้ { $terms } งวด
rent-coupon_percent = ลด { $percent } % ต่องวด ใช้ได้ { $terms } งวด
rent-coupon_percent_capped = ลด { $percent } % ต่องวด ไม่เกิน { MONEY($amountSatang) } ต่องวด ใช้ได้ { $terms } งวด
rent-next_chosen = ตั้งแต่ { AT($from) } น. คุณจะใช้แพ็กเกจ{ NAME($planTh, $planEn) }ค่ะ ก่อนถึงเวลานั้นทุกอย่างเหมือนเดิม และเปลี่ยนใจได้เสมอ
rent-next_stays = คุณจะใช้แพ็กเกจ{ NAME($planTh, $planEn) }ต่อไปหลัง { AT($from) } น. ค่ะ
rent-auto_on = 🔁 ต่อไปนี้สัญญาจะต่ออายุเองเมื่อเงินในกระเป๋าพอค่ะ
rent-auto_off = ⏸ ปิดการต่ออายุอัตโนมัติแล้วค่ะ ต่ออายุเองได้ทุกเมื่อที่ /renew

contract-title_none = 📄 ยังไม่มีสัญญา
contract-none = คุณยังไม่ได้เช่าแพ็กเกจค่ะ ลองดูแพ็กเกจที่มีได้เลย
contract-title = 📄 แพ็กเกจ{ NAME($planTh, $planEn) }
contract-opens = สิ่งที่ใช้ได้ในแพ็กเกจของคุณ:
contract-state = สถานะ
contract-state_trial = ทดลองใช้
contract-state_active = ใช้งานอยู่
contract-state_grace = หมดอายุแล้ว แต่ยังใช้ได้
contract-state_expired = สิ้นสุดแล้ว
contract-state_cancelled = สิ้นสุดแล้ว
contract-until = ชำระแล้วถึง
contract-ended = สิ้นสุดเมื่อ
contract-grace_until = ใช้ได้ถึง
contract-days_left = เหลืออีก
contract-days = { $days } วัน
contract-used_of = { $used } จาก { $most }
contract-used_of_any = { $used } (ไม่จำกัด)
contract-auto = ต่ออายุอัตโนมัติ
contract-on = เปิด
contract-off = ปิด
contract-next_plan = แพ็กเกจงวดหน้า
contract-next_price = ราคางวดถัดไป
contract-next_price_value = { MONEY($totalSatang) }
contract-next_price_less = { MONEY($totalSatang) } (คูปองลด { MONEY($discountSatang) })
contract-over_expired = สัญญานี้สิ้นสุดเมื่อ { AT($at) } น. เริ่มใหม่ได้ทุกเมื่อค่ะ
contract-over_cancelled = สัญญานี้สิ้นสุดเมื่อ { AT($at) } น. เริ่มใหม่ได้ทุกเมื่อค่ะ
contract-next_renews = { AT($at) } น. จะต่ออายุให้เอง { MONEY($totalSatang) } เงินในกระเป๋าพอแล้วค่ะ
contract-next_short = { AT($at) } น. ตั้งให้ต่ออายุเอง แต่เงินในกระเป๋ายังขาด { MONEY($missingSatang) } ทุกอย่างยังใช้ได้ถึง { AT($endsAt) } น. หลังจากนั้นบอตเทรดจะหยุดค่ะ
contract-next_lapses = ไม่ได้ตั้งให้ต่ออายุเอง หลัง { AT($at) } น. ทุกอย่างยังใช้ได้ถึง { AT($endsAt) } น. แล้วบอตเทรดจะหยุดค่ะ
contract-next_ends = จะสิ้นสุด { AT($at) } น. และไม่มีการหักเงินเพิ่มค่ะ
contract-next_stops = หมดอายุแล้วค่ะ ทุกอย่างยังใช้ได้ถึง { AT($at) } น. แล้วบอตเทรดจะหยุด กรุณาต่ออายุก่อนถึงเวลา เงินในกระเป๋ายังขาด { MONEY($missingSatang) }
contract-next_stops_enough = หมดอายุแล้วค่ะ ทุกอย่างยังใช้ได้ถึง { AT($at) } น. แล้วบอตเทรดจะหยุด กรุณาต่ออายุก่อนถึงเวลา เงินในกระเป๋าพอแล้ว
contract-next_paused = เจ้าหน้าที่หยุดนับเวลาสัญญาไว้ตั้งแต่ { AT($since) } น. เวลาจะไม่เดินจนกว่าจะเริ่มนับใหม่ค่ะ
