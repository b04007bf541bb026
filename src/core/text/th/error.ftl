error-access-denied = คุณไม่มีสิทธิ์ทำรายการนี้ ถ้าคิดว่าควรทำได้ กรุณาติดต่อเจ้าหน้าที่
error-user-missing = ไม่พบผู้ใช้นี้ กรุณาตรวจสอบรหัสแล้วลองใหม่
error-user-blocked = บัญชีของคุณถูกระงับ จึงยังทำรายการไม่ได้ เงินของคุณปลอดภัย กรุณาติดต่อเจ้าหน้าที่เพื่อแก้ไขค่ะ
error-user-merged = บัญชีนี้รวมกับบัญชีอื่นแล้ว กรุณาใช้จากบัญชีนั้น หรือพิมพ์ /menu เพื่อเริ่มใหม่
error-reason-required = ต้องระบุเหตุผล กรุณาพิมพ์สั้นๆ ว่าเพราะอะไร แล้วลองใหม่
error-setting-invalid = ค่าของ { $key } ใช้ไม่ได้: { $why } กรุณาแก้ไขแล้วบันทึกใหม่
error-setting-stale = มีผู้อื่นแก้ไข { $key } ไปแล้ว กรุณาโหลดหน้าใหม่ก่อนแก้ไข
error-amount-invalid = “{ $text }” ไม่ใช่จำนวนเงินที่เข้าใจได้ค่ะ กรุณาพิมพ์เป็นบาท เช่น 500 หรือ 1,500.50
error-topup-amount_too_small = เติมเงินขั้นต่ำ { MONEY($minSatang) } ค่ะ กรุณาเลือกจำนวนระหว่าง { MONEY($minSatang) } ถึง { MONEY($maxSatang) }
error-topup-amount_too_large = เติมเงินสูงสุด { MONEY($maxSatang) } ค่ะ กรุณาเลือกจำนวนระหว่าง { MONEY($minSatang) } ถึง { MONEY($maxSatang) }
error-topup-too_many_pending = มีรายการรอชำระอยู่แล้ว { $most } รายการค่ะ กรุณาชำระหรือยกเลิกบางรายการก่อน
error-topup-too_many_requests = เร็วไปหน่อยค่ะ เติมเงินได้ไม่เกิน { $most } รายการต่อนาที กรุณารอสักครู่แล้วลองใหม่
error-topup-missing = ไม่พบรายการเติมเงินนี้ หรือไม่ใช่ของคุณค่ะ ดูได้ที่ /transactions
error-topup-not_cancellable = { $status ->
    [review] เจ้าหน้าที่กำลังตรวจสอบรายการนี้อยู่ จึงยังยกเลิกไม่ได้ค่ะ เมื่อเรียบร้อยจะแจ้งให้ทราบ
    [settled] รายการนี้ชำระแล้วค่ะ เงินอยู่ในกระเป๋าของคุณแล้ว
    [failed] รายการนี้ไม่สำเร็จที่ธนาคารค่ะ ไม่มีการหักเงิน กรุณาสร้างรายการใหม่
   *[other] รายการนี้หมดอายุแล้วค่ะ กรุณาสร้างรายการใหม่
}
error-topup-not_settled = รายการนี้ยังไม่ได้ชำระ จึงยังไม่มีใบเสร็จหรือการคืนเงินค่ะ ดูได้ที่ /transactions
error-topup-already_settled = รายการนี้ชำระเรียบร้อยแล้ว กรุณาดูการชำระเงินของรายการก่อนเติมยอด
error-gateway-unavailable = ระบบชำระเงินไม่ตอบในขณะนี้ค่ะ ไม่มีการหักเงิน กรุณาลองใหม่ในหนึ่งนาที
error-wallet-insufficient = เงินในกระเป๋าไม่พอค่ะ ต้องใช้ { MONEY($amountSatang) } กรุณาเติมเงินแล้วลองใหม่
error-ledger-key_reused = การชำระนี้เคยบันทึกไว้ด้วยยอดอื่น ไม่มีการย้ายเงิน กรุณาเปรียบเทียบก่อนดำเนินการต่อ
error-ledger-account_missing = ไม่พบบัญชีแยกประเภทนี้ ไม่มีการย้ายเงิน กรุณาตรวจสอบรหัส
error-payment-charge_used = การชำระ { $chargeId } บันทึกไว้กับรายการอื่นแล้ว กรุณาตรวจสอบเลขในรายการเดินบัญชีธนาคาร
error-refund-exceeds_payment = มากกว่ายอดที่เหลือของการชำระนี้ กรุณาเลือกจำนวนที่น้อยลง
error-refund-exceeds_wallet = ในกระเป๋ามีเพียง { MONEY($walletSatang) } ที่เหลือใช้ไปแล้ว กรุณาเลือกจำนวนที่น้อยลง
error-suspense-missing = ไม่พบยอดพักนี้ กรุณาโหลดรายการใหม่
error-suspense-closed = { $status ->
    [matched] ยอดพักนี้เติมให้ผู้ใช้ไปแล้ว กรุณาโหลดรายการใหม่
   *[other] ยอดพักนี้ส่งคืนไปแล้ว กรุณาโหลดรายการใหม่
}
error-promptpay-id_invalid = รหัสพร้อมเพย์ไม่ใช่เบอร์โทร เลขบัตรประชาชนหรือผู้เสียภาษี e-Wallet หรือ Biller ID ที่ถูกต้อง กรุณาตรวจสอบตัวเลข
error-promptpay-amount_invalid = QR ใช้ได้ตั้งแต่ ฿0.01 ถึง ฿9,999,999,999.99 กรุณาเลือกจำนวนในช่วงนี้
error-promptpay-reference_invalid = เลขอ้างอิงต้องเป็นตัวพิมพ์ใหญ่หรือตัวเลข 1 ถึง 20 ตัว กรุณาแก้ไขแล้วลองใหม่
error-plan-missing = ไม่พบแพ็กเกจนี้ค่ะ ดูแพ็กเกจทั้งหมดได้ที่ /plans
error-plan-retired = แพ็กเกจ{ NAME($planTh, $planEn) }ไม่เปิดให้เช่าแล้วค่ะ กรุณาเลือกแพ็กเกจอื่นที่ /plans
error-plan-not_higher = แพ็กเกจ{ NAME($planTh, $planEn) }ราคาไม่สูงกว่าแพ็กเกจที่ใช้อยู่ จึงเปลี่ยนทันทีไม่ได้ค่ะ กรุณาเลือกเป็นแพ็กเกจของงวดถัดไปแทน
error-plan-exists = มีแพ็กเกจที่ใช้รหัส { $code } อยู่แล้ว กรุณาใช้รหัสอื่น
error-plan-stale = มีผู้อื่นแก้ไขแพ็กเกจนี้ไปแล้ว กรุณาโหลดหน้าใหม่ก่อนแก้ไข
error-plan-invalid = ช่อง { $field } ของแพ็กเกจไม่ถูกต้อง กรุณาแก้ไขแล้วบันทึกใหม่
error-contract-none = คุณยังไม่มีสัญญาค่ะ เลือกแพ็กเกจได้ที่ /plans
error-contract-expired = สัญญาแพ็กเกจ{ NAME($planTh, $planEn) }ของคุณสิ้นสุดแล้วเมื่อ { AT($endedAt) } น. ค่ะ ต่ออายุที่ /renew แล้วใช้งานต่อได้ทันที
error-contract-exists = คุณมีสัญญาอยู่แล้วค่ะ ต่ออายุได้ที่ /renew หรือเปลี่ยนแพ็กเกจที่ /contract
error-contract-missing = ไม่พบสัญญานี้ กรุณาโหลดรายการใหม่
error-contract-changed = สัญญาของคุณเปลี่ยนไปแล้วระหว่างนี้ค่ะ กรุณาดูที่ /contract แล้วลองใหม่
error-contract-ended = สัญญานี้สิ้นสุดแล้ว แก้ไขไม่ได้อีก ผู้ใช้เริ่มสัญญาใหม่ได้
error-contract-ending = สัญญานี้จะสิ้นสุด { AT($until) } น. และต่ออายุไม่ได้ค่ะ กรุณาติดต่อเจ้าหน้าที่
error-contract-paused = เวลาของสัญญาหยุดอยู่ชั่วคราว ชำระไว้ถึง { AT($until) } น. เป็นอย่างน้อยค่ะ กรุณาลองใหม่เมื่อเริ่มนับเวลาต่อแล้ว
error-contract-trial = นี่คือการทดลองใช้ จึงยังไม่มีอะไรให้ต่ออายุค่ะ ชำระงวดแรกที่ /renew ก่อน แล้วจึงเลือกได้
error-contract-too_far_ahead = สัญญาของคุณชำระไว้ถึง { AT($until) } น. แล้วค่ะ ชำระล่วงหน้าได้ไม่เกินสิบสองงวด กรุณาต่ออายุภายหลัง
error-quote-changed = ตอนนี้ราคา { MONEY($totalSatang) } สูงกว่าที่แจ้งไว้ค่ะ ยังไม่มีการหักเงิน กรุณาดูราคาใหม่แล้วตัดสินใจอีกครั้ง
error-rental-short = เงินในกระเป๋ายังขาด { MONEY($missingSatang) } จากยอด { MONEY($totalSatang) } ค่ะ กรุณาเติมเงินแล้วลองใหม่
error-rental-frozen = คุณยังค้างชำระ { MONEY($owedSatang) } จึงยังเช่าเพิ่มไม่ได้ค่ะ กรุณาเติมเงินก่อน ยอดค้างจะหักให้เอง
error-days-invalid = จำนวนวันต้องเป็น 1 ถึง { $most } กรุณาแก้ไขแล้วลองใหม่
error-coupon-unknown = ไม่พบคูปอง { $code } ค่ะ กรุณาตรวจสอบตัวอักษรแล้วลองใหม่
error-coupon-over = คูปองนี้ใช้ไม่ได้ในขณะนี้ค่ะ กรุณาตรวจสอบวันที่ หรือใช้คูปองอื่น
error-coupon-used = คุณใช้คูปองนี้ครบตามสิทธิ์แล้วค่ะ กรุณาใช้คูปองอื่น
error-coupon-used_up = คูปองนี้มีผู้ใช้ครบจำนวนแล้วค่ะ กรุณาใช้คูปองอื่น
error-coupon-missing = ไม่พบคูปองนี้ กรุณาโหลดรายการใหม่
error-coupon-exists = มีคูปอง { $code } อยู่แล้ว กรุณาใช้รหัสอื่น
error-coupon-invalid = ช่อง { $field } ของคูปองไม่ถูกต้อง กรุณาแก้ไขแล้วบันทึกใหม่
error-trial-none = แพ็กเกจ{ NAME($planTh, $planEn) }ไม่มีให้ทดลองใช้ค่ะ ดูแพ็กเกจที่ทดลองได้ที่ /plans
error-trial-used = คุณทดลองใช้ไปแล้วค่ะ ทดลองได้คนละหนึ่งครั้ง กรุณาเลือกแพ็กเกจที่ /plans
error-feature-not_in_plan = แพ็กเกจของคุณไม่รวม{ $feature ->
    [all_strategies] กลยุทธ์ทั้งหมด
    [live_notices] การแจ้งเตือนสด
    [portfolio_aggregation] พอร์ตรวมทุกบัญชี
    [custom_strategies] กลยุทธ์ของตัวเอง
    [plugins] ปลั๊กอิน
    [api_access] การใช้งาน API
    [multi_account_portfolio] พอร์ตหลายบัญชี
   *[basic_strategies] กลยุทธ์
}ค่ะ แพ็กเกจ{ NAME($planTh, $planEn) }ใช้ได้ เปลี่ยนแพ็กเกจได้ที่ /contract
error-feature-not_offered = ตอนนี้ไม่มีแพ็กเกจใดที่มี{ $feature ->
    [all_strategies] กลยุทธ์ทั้งหมด
    [live_notices] การแจ้งเตือนสด
    [portfolio_aggregation] พอร์ตรวมทุกบัญชี
    [custom_strategies] กลยุทธ์ของตัวเอง
    [plugins] ปลั๊กอิน
    [api_access] การใช้งาน API
    [multi_account_portfolio] พอร์ตหลายบัญชี
   *[basic_strategies] กลยุทธ์
}ค่ะ กรุณาติดต่อเจ้าหน้าที่
error-feature-quota_reached = แพ็กเกจของคุณมี{ $quota ->
   *[tradingBots] บอตเทรด
}ได้ { $most } ตัว และใช้ครบแล้วค่ะ แพ็กเกจ{ NAME($planTh, $planEn) }มีได้มากกว่า เปลี่ยนแพ็กเกจได้ที่ /contract
error-feature-quota_most = คุณมี{ $quota ->
   *[tradingBots] บอตเทรด
} { $most } ตัว ซึ่งมากที่สุดของทุกแพ็กเกจแล้วค่ะ กรุณาหยุดตัวหนึ่งก่อนเริ่มตัวใหม่
error-link-code_invalid = รหัสนี้ไม่ถูกต้อง ใช้ไปแล้ว หรือเก่าเกินไปค่ะ พิมพ์ /link ในอีกแชตหนึ่งเพื่อขอรหัสใหม่
error-link-same_account = คุณอยู่ในบัญชีนี้อยู่แล้วค่ะ ให้พิมพ์รหัสในอีกแชตหนึ่ง ไม่ใช่ที่นี่
error-link-closed = คำขอรวมบัญชีนี้จบไปแล้วค่ะ พิมพ์ /link เพื่อเริ่มใหม่
error-quiet_hours-invalid = ต้องเป็นเวลาสองเวลาที่ต่างกัน เช่น 22:00 และ 07:00 กรุณาพิมพ์แบบนี้ค่ะ
error-date-invalid = “{ $text }” ไม่ใช่วันที่ที่รู้จักค่ะ กรุณาพิมพ์แบบ 31/01/2569 หรือ 2026-01-31
error-date-reversed = วันแรกอยู่หลังวันสุดท้ายค่ะ กรุณาสลับแล้วลองใหม่
error-language-unknown = ใช้ได้ภาษาไทย (th) และอังกฤษ (en) ค่ะ กรุณาเลือกหนึ่งภาษา
error-text-too_long = ข้อความยาวเกินไป ไม่เกิน { $max } ตัวอักษร กรุณาย่อให้สั้นลง
error-command-unknown = ไม่มีคำสั่ง /{ $name } ค่ะ พิมพ์ /help เพื่อดูคำสั่งทั้งหมด
error-command-private = /{ $name } เป็นเรื่องส่วนตัว กรุณาคุยกันในแชตส่วนตัวค่ะ
error-argument-unknown = “{ $text }” ไม่อยู่ในตัวเลือกค่ะ เลือกจาก: { $choices }
error-button-stale = ปุ่มนี้เก่าเกินไปแล้วค่ะ กรุณาเปิดเมนูแล้วเริ่มใหม่
error-question-expired = คำถามนี้จบไปแล้วค่ะ กรุณาเริ่มใหม่จากคำสั่งหรือเมนู
error-webhook-unconfigured = ยังไม่ได้ตั้งรหัสลับของ webhook กรุณาตั้ง PROMPTPAY_WEBHOOK_SECRET แล้วส่งใหม่
error-webhook-unsigned = คำขอไม่มีลายเซ็น กรุณาส่ง X-Webhook-Timestamp และ X-Webhook-Signature
error-webhook-signature = ลายเซ็นไม่ตรงกับเนื้อหาและเวลา กรุณาเซ็นจากไบต์ที่ส่งจริง
error-webhook-stale = ไม่มีเวลา เวลาไม่ใช่วินาที Unix หรือคลาดเกิน 300 วินาที กรุณาตรวจนาฬิกาแล้วเซ็นใหม่
error-webhook-malformed = เนื้อหาไม่ใช่ JSON แบบ UTF-8 กรุณาแก้ไขแล้วส่งใหม่
error-webhook-invalid = ช่อง { $field } ขาดหายหรือไม่ถูกต้อง กรุณาแก้ไขแล้วส่งใหม่
error-body-too_large = คำขอใหญ่เกินไป ไม่เกิน { $maxKib } KiB กรุณาส่งให้เล็กลง
error-body-slow = คำขอใช้เวลาส่งนานเกินไป กรุณาส่งใหม่
error-body-cut_off = คำขอจบก่อนที่จะส่งครบ กรุณาส่งใหม่
error-http-missing = ไม่มีอะไรอยู่ที่ที่อยู่นี้ กรุณาตรวจสอบเส้นทาง
error-http-loopback_only = หน้านี้เปิดได้จากเครื่องที่รันระบบเท่านั้น กรุณาเปิดที่ 127.0.0.1 หรือ localhost ของเครื่องนั้น
error-http-cross_site = คำขอนี้มาจากเว็บอื่นจึงถูกปฏิเสธ กรุณาเปิดหน้านี้โดยตรงแล้วลองใหม่
error-service-unavailable = ระบบขอพักสักครู่ค่ะ ไม่มีอะไรสูญหาย กรุณาลองใหม่อีกครั้ง

error-sign_in-wrong = อีเมลหรือรหัสผ่านไม่ถูกต้อง กรุณาตรวจสอบทั้งสองช่องแล้วลองใหม่
error-sign_in-code_wrong = รหัสนี้ไม่ถูกต้อง ถูกใช้แล้ว หรือหมดอายุ กรุณารอรหัสถัดไปในแอป หรือใช้รหัสสำรอง
error-sign_in-too_many = ลองหลายครั้งเกินไป กรุณาลองใหม่เวลา { AT($retryAt, style: "time") }
error-session-ended = เซสชันของคุณสิ้นสุดแล้ว กรุณาเข้าสู่ระบบใหม่
error-session-unconfirmed = การเคลื่อนย้ายเงินต้องยืนยันด้วยรหัสผ่านหรือรหัสจากแอปอีกครั้ง กรุณากรอกแล้วลองใหม่
error-session-proof_wrong = ไม่ตรงกับรหัสผ่านหรือรหัสที่แอปแสดงอยู่ตอนนี้ กรุณาลองใหม่หรือรอรหัสถัดไป
error-second_factor-enrolled = ตั้งค่าการยืนยันสองขั้นตอนไว้แล้ว กรุณาเข้าสู่ระบบด้วยรหัสจากแอป
error-invite-closed = ลิงก์นี้ถูกใช้แล้วหรือหมดอายุ กรุณาขอลิงก์ใหม่ สำหรับผู้ดูแลคนแรก ให้เริ่มระบบใหม่อีกครั้ง
error-operator-missing = ไม่พบผู้ดูแลคนนี้ กรุณาโหลดหน้าใหม่
error-operator-exists = มีผู้ดูแลที่ใช้อีเมลนี้อยู่แล้ว กรุณาใช้อีเมลอื่น
error-operator-last_owner = นี่คือเจ้าของคนสุดท้าย ซึ่งต้องมีอย่างน้อยหนึ่งคน กรุณาตั้งผู้ดูแลคนอื่นเป็นเจ้าของก่อน
error-operator-name_invalid = ชื่อต้องมี 1 ถึง 64 ตัวอักษร กรุณากรอกชื่อ
error-operator-email_invalid = อีเมลไม่ถูกต้อง กรุณาเขียนแบบ name@example.com
error-operator-password_weak = รหัสผ่านต้องมี { $min } ถึง { $max } ตัวอักษรและไม่ใช่อีเมลของคุณ กรุณาเลือกใหม่
error-operator-role_unknown = ไม่มีบทบาทนี้ กรุณาเลือกจากรายการ
error-form-stale = แบบฟอร์มนี้เก่าเกินไป กรุณาโหลดหน้าใหม่แล้วทำอีกครั้ง
error-argument-required = ช่องนี้ยังว่างอยู่ กรุณากรอกแล้วลองใหม่
error-refund-which_charge = รายการนี้ชำระ { $count } ครั้ง กรุณาระบุว่าหมายถึงการชำระครั้งไหน
error-refund-changed = มีการคืนเงินไปแล้วระหว่างนี้ กรุณาโหลดรายการใหม่และตรวจดูก่อนคืนเพิ่ม
error-request-invalid = ช่อง { $field } ขาดหายหรือไม่ถูกต้อง กรุณาแก้ไขแล้วส่งใหม่
error-unexpected = เกิดข้อผิดพลาดที่ฝั่งเรา และเราได้รับแจ้งแล้วค่ะ ถ้าเกิดซ้ำ กรุณาแจ้งรหัส { $reference } กับเจ้าหน้าที่
