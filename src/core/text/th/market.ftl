# ข้อความเกี่ยวกับแท่งเทียนและแหล่งที่มา
market-imported = อ่านแท่งเทียน { QTY($candles) } แท่ง: ใหม่ { QTY($added) } แก้ไข { QTY($changed) } เหมือนเดิม { QTY($same) }
market-series = { $source } { $symbol } { $timeframe }: { QTY($count) } แท่ง ตั้งแต่ { $from } ถึง { $to } UTC
market-made_of_minutes = คำนวณจากแท่งเทียนรายนาทีที่เก็บไว้
market-whole = ไม่มีแท่งเทียนขาดหาย
market-missing = แท่งเทียนขาดหาย { QTY($count) } แท่ง:
market-gap = { $from } ถึง { $to } UTC: { QTY($count) } แท่ง
market-gaps_more = … และยังมีช่วงที่ขาดหายอีก
market-spike = { $at } UTC: ราคากระโดดผิดปกติแล้วกลับมา ระบบเก็บค่าตามที่ได้รับ
market-nothing = ยังไม่มีแท่งเทียนที่เก็บไว้
market-nothing_of = ไม่มีแท่งเทียน { $symbol } { $timeframe } ที่เก็บไว้ในชื่อ { $source }
market-computed = แท่งเทียนของตลาดสาธิตคำนวณขึ้นเมื่อต้องใช้ จึงไม่มีอะไรต้องเก็บ
market-progress = { $percent } %

# ไฟล์แท่งเทียนที่ใช้ไม่ได้ นอกเหนือจากที่การทดสอบย้อนหลังตรวจ
market-csv-off_grid = บรรทัด { $line }: แท่งเทียน { $timeframe } ไม่เปิดที่เวลา { $at } UTC
market-csv-not_closed = บรรทัด { $line }: แท่งเทียนของ { $at } UTC ยังไม่ปิด กรุณาตัดออก
market-csv-other_timeframe = บรรทัด { $line }: แท่งเทียนห่างกัน { $minutes } นาที ซึ่งไม่ใช่ { $timeframe }
market-csv-outside_range = บรรทัด { $line }: ราคาเปิดหรือราคาปิดอยู่นอกช่วงราคาสูงสุดและต่ำสุดของแท่ง
market-csv-nothing_stored = ยังไม่มีการบันทึกข้อมูลใด
