# ภาพรวม
panel-part_database = ฐานข้อมูล
panel-part_jobs = งานเบื้องหลัง
panel-part_telegram = Telegram
panel-part_discord = Discord
panel-part_gateway = ช่องทางชำระเงิน
panel-part_exchanges = กระดานเทรด
panel-exchanges_away = ติดต่อไม่ได้: { $names }
panel-exchanges_unused = ยังไม่มีใครเชื่อมบัญชีกับกระดานเทรดจริง
panel-light_waiting = รอข้อมูล
panel-gateway_unconfigured = ยังไม่ได้ตั้งคีย์ลับ จึงเชื่อถือข้อความจากช่องทางนี้ไม่ได้
panel-gateway_refused = ปฏิเสธล่าสุด { $at }
panel-gateway_received = ได้รับล่าสุด { $at }
panel-gateway_silent = ยังไม่เคยได้รับข้อมูล
panel-figure_wallets_more = เงินของผู้ใช้ที่เราถืออยู่
panel-figure_suspense_more = { $count ->
    [0] ไม่มีรายการรอดำเนินการ
   *[other] รอดำเนินการ { $count } รายการ
}
panel-figure_mrr = รายได้ประจำต่อเดือน (MRR)
panel-figure_mrr_more = { $count ->
    [0] ยังไม่มีสัญญาที่ชำระเงิน
   *[other] สัญญาที่ชำระเงิน { $count } ฉบับ
}
panel-figure_renewal = อัตราต่ออายุ 30 วัน
panel-figure_renewal_more = ต่ออายุ { $renewed } จาก { $decided } รอบที่สิ้นสุด
panel-figure_renewal_none = ยังไม่มีรอบที่ชำระเงินสิ้นสุด
panel-alerts_more = อีก { $count } เรื่อง
panel-chart_money_title = เงินเข้า
panel-chart_outcome_title = ผลของรายการเติมเงิน
panel-chart_users_title = ผู้ใช้ใหม่
panel-chart_about = 30 วันล่าสุด ตัวเลขเดียวกันอยู่ในตารางด้านล่าง
panel-chart_table = แสดงเป็นตาราง
panel-chart_day = วันที่
panel-chart_sum = ยอดรับหลังหักคืนเงิน
panel-chart_payments = จำนวนการชำระ
panel-chart_settled = สำเร็จ
panel-chart_waiting = รอชำระ
panel-chart_expired = หมดเวลา
panel-chart_cancelled = ยกเลิก
panel-chart_failed = ไม่สำเร็จ
panel-chart_conversion = อัตราสำเร็จ
panel-chart_users = ผู้ใช้ใหม่
panel-recent = เหตุการณ์ล่าสุด
panel-recent_live = สด
panel-recent_none = ยังไม่มีเหตุการณ์
panel-event_topup-opened = เปิดรายการเติมเงิน
panel-event_topup-settled = เติมเงินสำเร็จ
panel-event_payment-suspended = เงินเข้ายอดพัก
panel-event_payment-refunded = คืนเงิน
panel-event_suspense-matched = จับคู่ยอดพักแล้ว
panel-event_suspense-returned = ส่งคืนยอดพักแล้ว
panel-event_wallet-adjusted = ปรับยอดกระเป๋าเงิน
panel-event_user-joined = ผู้ใช้ใหม่
panel-event_user-blocked = ระงับผู้ใช้
panel-event_user-unblocked = ปลดระงับผู้ใช้
panel-event_operator-signed_in = ผู้ดูแลเข้าสู่ระบบ
panel-event_operator-joined = ผู้ดูแลคนใหม่
panel-event_operator-role_changed = เปลี่ยนบทบาทผู้ดูแล
panel-event_operator-disabled = ปิดใช้งานผู้ดูแล
panel-event_operator-enabled = เปิดใช้งานผู้ดูแล
panel-event_operator-second_factor_reset = รีเซ็ตการยืนยันสองขั้นตอนของผู้ดูแล
panel-event_setting-changed = แก้ไขการตั้งค่า
panel-event_alert = มีเรื่องที่ต้องดู
# ผู้ดูแลและบัญชีของตนเอง
panel-second_factor_again = ต้องตั้งค่า
panel-second_factor_reset = รีเซ็ตการยืนยันสองขั้นตอน
panel-second_factor_reset_note = ใช้เมื่อเพื่อนร่วมงานทำแอปและรหัสสำรองหาย ระบบจะให้เขาออกจากทุกเซสชัน และรหัสผ่านจะใช้ได้เพียงเพื่อตั้งค่าการยืนยันสองขั้นตอนใหม่ กรุณาแจ้งเขาด้วยตัวเอง เพราะระบบไม่ส่งข้อความแจ้ง
panel-enrol_reset = การยืนยันสองขั้นตอนของคุณถูกรีเซ็ต กรุณาตั้งค่าใหม่เพื่อใช้งานต่อ
panel-profile = ชื่อและภาษา
panel-language = ภาษา
panel-language_th = ไทย
panel-language_en = English
panel-save = บันทึก
panel-password_change = เปลี่ยนรหัสผ่าน
panel-password_old = รหัสผ่านปัจจุบัน
panel-password_new = รหัสผ่านใหม่
panel-password_change_note = เซสชันอื่นทั้งหมดของคุณจะถูกออกจากระบบ
panel-recovery_renew = สร้างรหัสสำรองชุดใหม่
panel-recovery_renew_note = รหัสสำรองชุดเดิมจะใช้ไม่ได้ทันที
panel-done_profile = บันทึกแล้ว
panel-done_password = เปลี่ยนรหัสผ่านแล้ว และออกจากระบบที่อื่นทั้งหมดแล้ว
panel-done_second_factor_reset = รีเซ็ตการยืนยันสองขั้นตอนแล้ว กรุณาแจ้งเพื่อนร่วมงานให้เข้าสู่ระบบและตั้งค่าใหม่
