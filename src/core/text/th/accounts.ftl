# บัญชีที่กระดานเทรด: ในแชต หน้ากรอกคีย์ การแจ้งเตือน และแผงควบคุม
command-accounts = บัญชีกระดานเทรดของคุณและสถานะ
command-addaccount = เพิ่มบัญชีกระดานเทรด หรือบัญชีเดโม
command-removeaccount = ลบบัญชีและทำลายคีย์
command-account-rename = ชื่อใหม่
command-account-group = กลุ่มของบัญชี
command-account-type = คีย์ของบัญชี
command-account-type_long = คีย์ของบัญชี
command-account-rotate = คีย์ใหม่
command-account-rotate_long = คีย์ใหม่

button-accounts = 🏦 บัญชีเทรด
button-addaccount = ➕ เพิ่มบัญชี
button-account_form = 🔐 เปิดแบบฟอร์มที่ปลอดภัย
button-account_here = ⌨️ พิมพ์ที่นี่
button-account_demo = 🎓 บัญชีเดโม
button-account_on = ▶️ เปิดใช้
button-account_off = ⏸ ปิดใช้
button-account_rename = ✏️ เปลี่ยนชื่อ
button-account_group = 🗂 กลุ่ม
button-account_key = 🔑 คีย์ใหม่
button-account_remove = 🗑 ลบ
button-account_gone = 🗑 ใช่ ลบเลย
button-account_keep = ไม่ เก็บไว้

field-exchange = กระดานเทรดไหนคะ
field-exchange_hint = ชื่อกระดานเทรด เช่น binance หรือ demo เว้นว่างไว้เพื่อเลือกภายหลังก็ได้ค่ะ
field-account = บัญชีไหนคะ
field-account_hint = ชื่อตามที่แสดงใน /accounts เว้นว่างไว้เพื่อเลือกจากปุ่มก็ได้ค่ะ
field-label = ต้องการตั้งชื่อบัญชีว่าอะไรคะ
field-label_hint = ไม่เกิน 40 ตัวอักษร เช่น Binance หลัก
field-group = บัญชีนี้อยู่ในกลุ่มไหนคะ
field-group_hint = ตั้งชื่ออะไรก็ได้ เช่น ระยะยาว ถ้าไม่มีกลุ่มให้พิมพ์ -
field-api_key = API key คืออะไรคะ
field-api_key_hint = ตามที่กระดานเทรดแสดง เราจะลบข้อความของคุณทันที
field-secret = Secret ของคีย์นี้คืออะไรคะ
field-secret_hint = กระดานเทรดแสดงให้ดูครั้งเดียว เราจะลบข้อความของคุณทันที
field-passphrase = Passphrase ของคีย์นี้คืออะไรคะ
field-passphrase_hint = ที่คุณตั้งไว้ตอนสร้างคีย์ เราจะลบข้อความของคุณทันที

secret-overheard = 🔒 ห้ามพิมพ์คีย์ต่อท้ายคำสั่งนะคะ ถ้ายังเห็นข้อความที่มีคีย์อยู่ด้านบน กรุณาลบออก สร้างคีย์ใหม่ที่กระดานเทรด แล้วพิมพ์ /addaccount อย่างเดียวค่ะ
secret-delete_it = ⚠️ เราลบข้อความของคุณไม่สำเร็จ กรุณาลบข้อความนั้นด้วยตัวเองทันทีค่ะ

accounts-title = 🏦 บัญชีเทรด
accounts-none = คุณยังไม่มีบัญชีค่ะ บัญชีเดโมใช้ฟรีและไม่ต้องมีคีย์
accounts-note = เลือกบัญชีที่ต้องการแก้ไขได้เลยค่ะ
accounts-name = { $label } · { $exchange }
accounts-name_testnet = { $label } · { $exchange } testnet
accounts-name_grouped = { $group } › { $label } · { $exchange }
accounts-name_grouped_testnet = { $group } › { $label } · { $exchange } testnet
accounts-label = { $label }
accounts-state = สถานะ
accounts-state_well = ✅ อ่านข้อมูล{ $minutes ->
    [0] เมื่อครู่นี้
   *[other] เมื่อ { $minutes } นาทีที่แล้ว
}
accounts-state_new = ⏳ ยังไม่ได้อ่านข้อมูล
accounts-state_failing = ⚠️ อ่านข้อมูลไม่ได้ตั้งแต่ { AT($since) } น. ตัวเลขเป็นของ { AT($readAt) } น.
accounts-state_never = ⚠️ อ่านข้อมูลไม่ได้ตั้งแต่ { AT($since) } น.
accounts-state_off = ⏸ ปิดใช้อยู่
accounts-state_stopped = ⛔ เจ้าหน้าที่ระงับไว้
accounts-trouble = สาเหตุ
accounts-trouble_unreachable = ติดต่อกระดานเทรดไม่ได้
accounts-trouble_slow = กระดานเทรดตอบช้าเกินไป
accounts-trouble_limited = กระดานเทรดขอให้ลดความถี่
accounts-trouble_maintenance = กระดานเทรดปิดปรับปรุง
accounts-trouble_region = กระดานเทรดไม่ให้บริการในพื้นที่ของเซิร์ฟเวอร์เรา
accounts-trouble_symbol_unknown = กระดานเทรดไม่รู้จักตลาดหนึ่งของตัวเอง
accounts-trouble_unsupported = กระดานเทรดไม่มีบริการนี้
accounts-trouble_malformed = กระดานเทรดตอบในรูปแบบที่เราไม่รู้จัก
accounts-trouble_key_invalid = คีย์ใช้ไม่ได้แล้ว
accounts-trouble_key_refused = กระดานเทรดไม่ยอมรับคีย์
accounts-trouble_key_expired = คีย์หมดอายุแล้ว
accounts-trouble_suspended = กระดานเทรดล็อกบัญชีนี้
accounts-trouble_ip_not_allowed = คีย์ไม่อนุญาตที่อยู่ IP ของเรา
accounts-trouble_permission = คีย์ไม่มีสิทธิ์อ่านข้อมูล
accounts-trouble_clock = เวลาของเรากับกระดานเทรดไม่ตรงกัน
accounts-trouble_banned = กระดานเทรดปิดกั้นเราชั่วคราว
accounts-trouble_stopped = เจ้าหน้าที่ระงับไว้
accounts-exchange = กระดานเทรด
accounts-endpoint_live = บัญชีจริง
accounts-endpoint_testnet = testnet ไม่ใช่เงินจริง
accounts-endpoint_demo = เดโม เงินสมมติ
accounts-where = { $exchange } · { $endpoint ->
    [live] บัญชีจริง
    [testnet] testnet ไม่ใช่เงินจริง
   *[demo] เดโม เงินสมมติ
}
accounts-group = กลุ่ม
accounts-group_none = ไม่มี
accounts-may_trade = สิทธิ์เทรด
accounts-ip = จำกัดที่อยู่ IP
accounts-yes = มี
accounts-no = ไม่มี
accounts-unknown = กระดานเทรดไม่ได้แจ้ง
accounts-expires = คีย์หมดอายุ
accounts-added = เพิ่มเมื่อ
accounts-renamed = ✏️ เปลี่ยนชื่อเป็น { $label } แล้วค่ะ
accounts-grouped = 🗂 ย้ายไปอยู่ในกลุ่ม { $group } แล้วค่ะ
accounts-ungrouped = 🗂 นำออกจากกลุ่มแล้วค่ะ
accounts-turned_on = ▶️ เปิดใช้บัญชีนี้แล้วค่ะ
accounts-turned_off = ⏸ ปิดใช้แล้วค่ะ จะไม่มีการอ่านข้อมูลหรือเทรดด้วยบัญชีนี้
accounts-remove_which = ต้องการลบบัญชีไหนคะ
accounts-remove_title = ลบ { $label } ไหมคะ
accounts-remove_ask = คีย์ที่เก็บไว้กับเราจะถูกทำลาย และจะไม่มีการเทรดด้วยบัญชีนี้อีก เงินของคุณที่ { $exchange } ไม่ได้รับผลกระทบ เพื่อความปลอดภัยควรลบคีย์ที่กระดานเทรดด้วยค่ะ
accounts-removed = 🗑 ลบ { $label } และทำลายคีย์เรียบร้อยแล้วค่ะ

addaccount-title = ➕ เพิ่มบัญชี
addaccount-how = เปิดแบบฟอร์มบนหน้าเว็บของเรา คีย์ของคุณจะไม่ผ่านแชตเลย ลิงก์นี้สำหรับคุณคนเดียว ใช้ได้ครั้งเดียวภายในสิบนาทีค่ะ
addaccount-advice = ควรสร้างคีย์แยกสำหรับเราโดยเฉพาะ เปิดสิทธิ์อ่านและเทรด ปิดสิทธิ์ถอน และจำกัดที่อยู่ IP ถ้ากระดานเทรดทำได้
addaccount-only_here = ตอนนี้ยังเปิดหน้าเว็บของเราอย่างปลอดภัยไม่ได้ จึงพิมพ์คีย์ได้ในแชตนี้เท่านั้น เราจะลบข้อความที่มีคีย์ทันทีค่ะ
addaccount-demo_open = บัญชีเดโมใช้ได้เสมอค่ะ
addaccount-until = ลิงก์ใช้ได้ถึง
addaccount-which = บัญชีอยู่ที่กระดานเทรดไหนคะ
addaccount-which_endpoint = เลือกแบบไหนของ { $exchange } คะ
addaccount-live = บัญชีจริง
addaccount-testnet = Testnet
addaccount-exchange = { $exchange }
addaccount-done = ✅ เพิ่ม { $label } แล้วค่ะ ตรวจสอบคีย์แล้วและอ่านข้อมูลได้
addaccount-demo_done = 🎓 { $label } พร้อมใช้แล้วค่ะ มีเงินสมมติและราคาที่เคลื่อนไหว
addaccount-rotated = ✅ { $label } ใช้คีย์ใหม่แล้วค่ะ คีย์เก่าที่เก็บไว้ถูกทำลายแล้ว กรุณาลบคีย์เก่าที่กระดานเทรดด้วย
addaccount-warn_withdraw_unknown = ⚠️ { $exchange } ไม่ได้แจ้งว่าคีย์นี้ถอนเงินได้หรือไม่ กรุณาตรวจสอบให้แน่ใจว่าปิดสิทธิ์ถอนแล้ว
addaccount-warn_ip_open = 💡 คีย์นี้ใช้ได้จากทุกที่อยู่ IP ถ้าจำกัดไว้ คีย์ที่ถูกขโมยจะใช้ไม่ได้
addaccount-warn_ip_unknown = 💡 ถ้า { $exchange } จำกัดที่อยู่ IP ของคีย์ได้ ควรตั้งไว้ คีย์ที่ถูกขโมยจะใช้ไม่ได้
addaccount-warn_cannot_trade = 💡 คีย์นี้อ่านข้อมูลได้อย่างเดียว ถ้าจะใช้บอตเทรด กรุณาเปิดสิทธิ์เทรดที่กระดานเทรด
addaccount-key_title = 🔑 คีย์ใหม่ของ { $label }
addaccount-key_how = กรุณาสร้างคีย์ใหม่ที่ { $exchange } ก่อนค่ะ คีย์เก่ายังใช้ได้จนกว่าจะตรวจสอบคีย์ใหม่สำเร็จ

notice-account-added = 🔐 มีการเพิ่มบัญชี { $label } ของ { $exchange } เข้าในบัญชีของคุณ ถ้าไม่ใช่คุณ กรุณาลบออกที่ /accounts และติดต่อเจ้าหน้าที่ค่ะ
notice-account-key_replaced = 🔐 มีการเปลี่ยนคีย์ของบัญชี { $label } ที่ { $exchange } ถ้าไม่ใช่คุณ กรุณาลบออกที่ /accounts และติดต่อเจ้าหน้าที่ค่ะ
notice-account-removed = 🗑 บัญชี { $label } ของ { $exchange } ถูกลบและคีย์ถูกทำลายแล้ว ถ้าไม่ใช่คุณ กรุณาติดต่อเจ้าหน้าที่ค่ะ
notice-account-failing = ⚠️ อ่านข้อมูลบัญชี { $label } ไม่ได้ { $trouble ->
    [key_invalid] { $exchange } แจ้งว่าคีย์ใช้ไม่ได้แล้ว กรุณาใส่คีย์ใหม่ที่ /accounts ค่ะ
    [key_refused] { $exchange } ไม่ยอมรับคีย์ คีย์อาจถูกลบ ไม่อนุญาตที่อยู่ IP ของเรา หรือไม่มีสิทธิ์อ่าน กรุณาตรวจสอบที่กระดานเทรด หรือใส่คีย์ใหม่ที่ /accounts ค่ะ
    [key_expired] คีย์ที่ { $exchange } หมดอายุแล้ว กรุณาใส่คีย์ใหม่ที่ /accounts ค่ะ
    [suspended] { $exchange } ล็อกบัญชีนี้ไว้ กรุณาติดต่อฝ่ายสนับสนุนของ { $exchange } ค่ะ
    [ip_not_allowed] คีย์ไม่อนุญาตที่อยู่ IP ของเราที่ { $exchange } กรุณาแก้รายการ IP ของคีย์ที่กระดานเทรดค่ะ
    [permission] คีย์ไม่มีสิทธิ์อ่านข้อมูลที่ { $exchange } กรุณาเปิดสิทธิ์อ่าน หรือใส่คีย์ใหม่ที่ /accounts ค่ะ
    [clock] เวลาของเรากับ { $exchange } ไม่ตรงกัน เรากำลังแก้ไข คุณไม่ต้องทำอะไรค่ะ
    [maintenance] { $exchange } ปิดปรับปรุง เราจะลองต่อไป คุณไม่ต้องทำอะไรค่ะ
    [region] { $exchange } ไม่ให้บริการในพื้นที่ของเซิร์ฟเวอร์เรา กรุณาติดต่อเจ้าหน้าที่ค่ะ
    [banned] { $exchange } ปิดกั้นเราชั่วคราว เราจะลองต่อไป คุณไม่ต้องทำอะไรค่ะ
   *[other] { $exchange } ตอบกลับไม่ปกติ เราจะลองต่อไป คุณไม่ต้องทำอะไรค่ะ
} ตัวเลขที่เห็นเป็นของการอ่านครั้งล่าสุด
notice-account-recovered = ✅ อ่านข้อมูลบัญชี { $label } ของ { $exchange } ได้ตามปกติแล้วค่ะ
notice-account-key_expires = ⏰ คีย์ของบัญชี { $label } ที่ { $exchange } จะหมดอายุ { AT($expiresAt) } น. กรุณาสร้างคีย์ใหม่แล้วใส่ที่ /accounts ค่ะ
notice-account-stopped = ⛔ เจ้าหน้าที่ระงับบัญชี { $label } ของคุณ เหตุผล: { $reason } จะไม่มีการอ่านข้อมูลหรือเทรดด้วยบัญชีนี้ หากมีข้อสงสัยกรุณาติดต่อเราค่ะ
notice-account-allowed = ▶️ เจ้าหน้าที่ให้ใช้บัญชี { $label } ของคุณได้อีกครั้ง เหตุผล: { $reason }

accountform-title = เพิ่มบัญชี
accountform-title_key = คีย์ใหม่ของ { $label }
accountform-intro = คีย์ของคุณส่งตรงจากหน้านี้ถึงเรา ตรวจสอบกับกระดานเทรด แล้วเก็บแบบเข้ารหัส ไม่มีใครเปิดดูได้อีก แม้แต่คุณเอง
accountform-safe = ควรสร้างคีย์แยกสำหรับเราโดยเฉพาะ เปิดสิทธิ์อ่าน เปิดสิทธิ์เทรดถ้าจะใช้บอต ปิดสิทธิ์ถอน เราไม่รับคีย์ที่ถอนเงินได้
accountform-until = แบบฟอร์มนี้ใช้ได้ครั้งเดียวและถึง { AT($until, style: "time") } น.
accountform-exchange = กระดานเทรด
accountform-choose = เลือก…
accountform-testnet = { $exchange } (testnet)
accountform-label = ชื่อบัญชี
accountform-label_hint = เว้นว่างไว้จะใช้ชื่อกระดานเทรด
accountform-group = กลุ่ม
accountform-group_hint = สำหรับจัดหมวดของคุณเอง เช่น ระยะยาว
accountform-optional = ไม่บังคับ
accountform-api_key = API key
accountform-secret = Secret
accountform-passphrase = Passphrase
accountform-passphrase_hint = เฉพาะ { $exchanges }
accountform-not_kept = เพื่อความปลอดภัย ระบบจะไม่กรอกคีย์ให้ซ้ำ กรุณากรอกใหม่อีกครั้ง
accountform-submit = ตรวจสอบคีย์และบันทึก
accountform-wait = อาจใช้เวลาถึงยี่สิบวินาที กรุณากดครั้งเดียว
accountform-done_title = เรียบร้อย
accountform-done = ตรวจสอบคีย์แล้วและเก็บแบบเข้ารหัสเรียบร้อย ปิดหน้านี้ได้เลยค่ะ เราแจ้งในแชตแล้วเช่นกัน
accountform-closed_title = ลิงก์นี้ใช้ไม่ได้แล้ว
accountform-refused_title = ทำรายการไม่สำเร็จ
accountform-close = ปิดหน้านี้ได้เลยค่ะ

panel-person_accounts = บัญชีที่กระดานเทรด
panel-account_exchange = กระดานเทรด
panel-account_label = ชื่อ
panel-account_read = อ่านล่าสุด
panel-account_trouble = ปัญหา
panel-account_never = ยังไม่เคย
panel-account_well = อ่านได้
panel-account_new = ยังไม่ได้อ่าน
panel-account_off = ปิดใช้
panel-account_stopped = ระงับ
panel-account_failing = อ่านไม่ได้
panel-account_stop = ระงับ
panel-account_allow = ให้ใช้
panel-account_stop_title = ระงับบัญชี
panel-account_allow_title = ให้ใช้บัญชี
panel-account_stop_note = จะไม่มีการอ่านข้อมูลหรือเทรดด้วยบัญชีนี้ จนกว่าผู้ดูแลจะให้ใช้อีกครั้ง ระบบจะแจ้งผู้ใช้พร้อมเหตุผล
panel-account_allow_note = บัญชีนี้จะถูกอ่านข้อมูลและใช้งานได้อีกครั้ง ระบบจะแจ้งผู้ใช้พร้อมเหตุผล
panel-done_account_stopped = ระงับบัญชีแล้ว
panel-done_account_allowed = ให้ใช้บัญชีได้แล้ว
panel-notice_kind_account-added = เพิ่มบัญชี
panel-notice_kind_account-key_replaced = เปลี่ยนคีย์ของบัญชี
panel-notice_kind_account-removed = ลบบัญชี
panel-notice_kind_account-failing = อ่านข้อมูลบัญชีไม่ได้
panel-notice_kind_account-recovered = อ่านข้อมูลบัญชีได้อีกครั้ง
panel-notice_kind_account-key_expires = คีย์ของบัญชีใกล้หมดอายุ
panel-notice_kind_account-stopped = เจ้าหน้าที่ระงับบัญชี
panel-notice_kind_account-allowed = เจ้าหน้าที่ให้ใช้บัญชี
panel-job_accounts-sync = อ่านข้อมูลบัญชีที่กระดานเทรด
panel-job_accounts-keys = เตือนคีย์ที่ใกล้หมดอายุและลบลิงก์เก่า
panel-job_accounts-seal = เข้ารหัสคีย์ใหม่ด้วยกุญแจล่าสุด
