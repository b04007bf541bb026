import type { UserId } from '../../src/core/id.ts';
import type { TaxDocument } from '../../src/core/rental/document.ts';

/** Documents that were never issued, for what is to be seen on paper. */
export const invoice: TaxDocument = {
  id: 'doc_1',
  kind: 'tax_invoice',
  series: 'TI2569',
  number: 1,
  userId: 'usr_1' as UserId, // of nobody
  transferKey: 'rent:con_1:3',
  contractId: 'con_01KAJ5Z1Q2W3E4R5T6Y7V8X9Z0',
  term: 3,
  issuer: {
    name: 'บริษัท ตัวอย่าง จำกัด',
    address: '99/9 อาคารตัวอย่าง ชั้น 12 ถนนพระรามที่ 4 แขวงสีลม เขตบางรัก กรุงเทพมหานคร 10500',
    taxId: '0105561000003',
    branch: '00000',
  },
  buyer: {
    name: 'บริษัท ผู้ซื้อ (ญู ปู่ ฟ้า น้ำ) จำกัด',
    address: '123 หมู่ที่ 5 ตำบลบางรักน้อย อำเภอเมืองนนทบุรี จังหวัดนนทบุรี 11000',
    taxId: '0105561000003',
    branch: '00001',
  },
  lines: [
    {
      th: 'ค่าเช่าแพ็กเกจ Premium 30 วัน (21 พ.ย. – 21 ธ.ค. 2569)',
      en: 'Premium plan, 30 days (21 Nov – 21 Dec 2026)',
      amountSatang: '149900',
    },
    { th: 'ส่วนลดคูปอง WELCOME', en: 'Coupon WELCOME', amountSatang: '-100000' },
  ],
  totalSatang: 499_00n,
  vatPercent: 7,
  baseSatang: 466_36n,
  vatSatang: 32_64n,
  refersTo: null,
  reason: null,
  issuedAt: new Date('2026-11-21T05:00:00Z'),
};

export const receipt: TaxDocument = {
  ...invoice,
  kind: 'receipt',
  series: 'RC2569',
  vatPercent: null,
  baseSatang: 499_00n,
  vatSatang: 0n,
  issuer: { name: 'ABTPro', address: '', taxId: '', branch: '' },
  buyer: { name: 'สมศรี ใจดี', address: '', taxId: '', branch: '' },
};

/** Takes back 200 of the invoice, of which 100 were taken back before. */
export const note: TaxDocument = {
  ...invoice,
  id: 'doc_2',
  kind: 'credit_note',
  series: 'CN2569',
  number: 12,
  lines: [{ th: 'คืนค่าเช่าช่วงเวลาที่ไม่ได้ใช้ 12 วัน', en: 'Unused time, 12 days', amountSatang: '20000' }],
  totalSatang: 200_00n,
  baseSatang: 186_92n,
  vatSatang: 13_08n,
  refersTo: 'doc_1',
  reason: 'ลูกค้าขอยกเลิกสัญญา',
};
