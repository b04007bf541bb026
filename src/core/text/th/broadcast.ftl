# ข้อความที่ผู้ดูแลส่งถึงหลายคนพร้อมกัน เนื้อหาเป็นคำของผู้ดูแลเอง
notice-broadcast-news =
    📣 { $text }

    ปิดรับข่าวสารได้ที่ /settings ค่ะ
notice-broadcast-test =
    📣 { $text }

    ปิดรับข่าวสารได้ที่ /settings ค่ะ

settings-group_news = ข่าวสารและประกาศ
settings-turn_off_news = 🔕 ปิดข่าวสารและประกาศ
settings-turn_on_news = 🔔 เปิดข่าวสารและประกาศ
