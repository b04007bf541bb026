import type { Language } from '../../core/text/text.ts';

/** The words of the sandbox bank, a page that only developers see. */
const th = {
  title: 'ธนาคารทดลอง',
  intro: 'หน้านี้แทนธนาคารของผู้จ่ายเงิน กดปุ่มแล้วระบบจะส่ง webhook ที่ลงลายเซ็นเหมือนธนาคารจริงผ่าน HTTP',
  topups: 'รายการเติมเงินล่าสุด',
  none: 'ยังไม่มีรายการ พิมพ์ /topup 500 ในแชตก่อน',
  chat: 'เปิดแชต',
  pay: 'จ่าย',
  less: 'จ่ายขาด',
  more: 'จ่ายเกิน',
  twice: 'แจ้งซ้ำ 2 ครั้ง',
  late: 'จ่ายช้า',
  fail: 'ไม่สำเร็จ',
  refund: 'คืนเงิน',
  stray: 'โอนเงินโดยไม่มีเลขอ้างอิงที่รู้จัก',
  suspense: 'ยอดพักที่ยังหาเจ้าของไม่ได้',
  alerts: 'เรื่องที่เจ้าหน้าที่ต้องดู',
  empty: 'ไม่มี',
  sent: 'ส่ง webhook แล้ว คำตอบ',
};

const en: typeof th = {
  title: 'Sandbox bank',
  intro:
    'This page stands in for the bank of whoever pays. A button sends the same signed webhook over HTTP that a real bank would.',
  topups: 'Latest top-ups',
  none: 'There are none yet. Type /topup 500 in the chat first.',
  chat: 'Open the chat',
  pay: 'Pay',
  less: 'Pay less',
  more: 'Pay more',
  twice: 'Pay, told twice',
  late: 'Pay late',
  fail: 'Fail',
  refund: 'Refund',
  stray: 'Pay with an unknown reference',
  suspense: 'Money in suspense',
  alerts: 'For operators to look at',
  empty: 'None',
  sent: 'Webhook sent; answered',
};

export const words: Record<Language, typeof th> = { th, en };
