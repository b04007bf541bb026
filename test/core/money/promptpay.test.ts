import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { qrPicture } from '../../../src/bot/picture.ts';
import { type Payee, parsePayee, readPromptPay, writePromptPay } from '../../../src/core/money/promptpay.ts';

beforeAll(async () => {
  // Left alone it would fetch its WebAssembly from the network.
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(await readFile(path)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});

const REFERENCE = 'TU7KQ2M9XAB4';
const payees: Payee[] = [
  { kind: 'phone', id: '0812345678' },
  { kind: 'phone', id: '0699999990' },
  { kind: 'phone', id: '0900000000' },
  { kind: 'national_id', id: '1234567890121' },
  { kind: 'national_id', id: '0000000000001' },
  { kind: 'ewallet', id: '123456789012345' },
  { kind: 'biller', id: '099400016550100' },
];

/** A picture as a phone sees it: the text in its one QR. */
async function scan(png: Buffer): Promise<string> {
  const found = await readBarcodes(new Blob([new Uint8Array(png)]), { formats: ['QRCode'] });
  expect(found).toHaveLength(1);
  return found[0]?.text ?? '';
}

/** CRC-16/CCITT-FALSE, bit by bit, by its definition: polynomial 0x1021, initial 0xFFFF, nothing reflected. */
function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    for (let bit = 7; bit >= 0; bit--) {
      const top = ((crc >> 15) & 1) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) & 0xffff) ^ (top ? 0x1021 : 0);
    }
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

/** The tags of a payload, read without any library. */
function tags(text: string): Map<string, string> {
  const out = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const length = Number(text.slice(at + 2, at + 4));
    out.set(text.slice(at, at + 2), text.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return out;
}

test('our checksum is the standard one', () => {
  expect(crc16('123456789')).toBe('29B1');
});

describe.each(payees)('a picture for $kind $id', (payee) => {
  test('decodes to exactly what was asked for', async () => {
    const payload = writePromptPay({ payee, amountSatang: 1_234_56n, reference: REFERENCE });
    const seen = await scan(await qrPicture(payload));
    expect(seen).toBe(payload);
    expect(readPromptPay(seen)).toEqual({
      payee,
      amountSatang: 1_234_56n,
      reference: payee.kind === 'biller' ? REFERENCE : null,
    });
    const all = tags(seen);
    expect([...all.keys()].at(0)).toBe('00');
    expect([...all.keys()].at(-1)).toBe('63');
    expect([all.get('00'), all.get('01'), all.get('53'), all.get('54'), all.get('58')]).toEqual([
      '01',
      '12',
      '764',
      '1234.56',
      'TH',
    ]);
    expect(all.get('63')).toBe(crc16(seen.slice(0, -4)));
    const account = tags(all.get(payee.kind === 'biller' ? '30' : '29') ?? '');
    const expected = {
      phone: ['A000000677010111', '01', `0066${payee.id.slice(1)}`],
      national_id: ['A000000677010111', '02', payee.id],
      ewallet: ['A000000677010111', '03', payee.id],
      biller: ['A000000677010112', '01', payee.id],
    }[payee.kind];
    expect([account.get('00'), expected[1], account.get(expected[1] ?? '')]).toEqual(expected);
    expect(account.size).toBe(payee.kind === 'biller' ? 3 : 2);
    if (payee.kind === 'biller') expect(account.get('02')).toBe(REFERENCE);
  });
});

test('200 random amounts to random payees decode from their pictures to the satang', async () => {
  const amounts = fc.sample(
    fc.record({
      payee: fc.constantFrom(...payees),
      amountSatang: fc.oneof(fc.bigInt(1n, 999_99n), fc.bigInt(1n, 999_999_999_999n)),
      reference: fc.stringMatching(/^TU[0-9A-HJKMNP-TV-Z]{10}$/),
    }),
    200,
  );
  for (const { payee, amountSatang, reference } of amounts) {
    const seen = readPromptPay(await scan(await qrPicture(writePromptPay({ payee, amountSatang, reference }))));
    expect(seen).toEqual({ payee, amountSatang, reference: payee.kind === 'biller' ? reference : null });
  }
}, 120_000);

test.each([1n, 999_999_999_999n])('%i satang, the smallest and the largest, are written and read', (amountSatang) => {
  for (const payee of payees) {
    const read = readPromptPay(writePromptPay({ payee, amountSatang, reference: REFERENCE }));
    expect(read?.amountSatang).toBe(amountSatang);
  }
});

describe('what cannot be paid', () => {
  test.each<[string, Payee]>([
    ['a phone number with a country code', { kind: 'phone', id: '0066812345678' }],
    ['a phone number of a landline', { kind: 'phone', id: '0212345678' }],
    ['a phone number one digit short', { kind: 'phone', id: '081234567' }],
    ['a phone number with dashes', { kind: 'phone', id: '081-234-5678' }],
    ['a phone number in Thai digits', { kind: 'phone', id: '๐๘๑๒๓๔๕๖๗๘' }],
    ['a national id with a wrong check digit', { kind: 'national_id', id: '1234567890123' }],
    ['a national id one digit short', { kind: 'national_id', id: '123456789012' }],
    ['an e-wallet one digit short', { kind: 'ewallet', id: '12345678901234' }],
    ['a biller one digit too long', { kind: 'biller', id: '0994000165501001' }],
    ['nothing', { kind: 'phone', id: '' }],
  ])('%s is refused: promptpay.id_invalid', (_, payee) => {
    const write = () => writePromptPay({ payee, amountSatang: 1_00n, reference: REFERENCE });
    expect(write).toThrow(expect.objectContaining({ code: 'promptpay.id_invalid' }));
  });

  test.each([0n, -1n, -500_00n, 1_000_000_000_000n])(
    '%i satang are refused: promptpay.amount_invalid',
    (amountSatang) => {
      for (const payee of payees) {
        const write = () => writePromptPay({ payee, amountSatang, reference: REFERENCE });
        expect(write).toThrow(expect.objectContaining({ code: 'promptpay.amount_invalid' }));
      }
    },
  );

  test.each(['', 'tu7kq2m9xab4', 'TU 7', 'TU-7', 'A'.repeat(21), 'TUก', 'TU7\n'])(
    'the reference "%s" is refused: promptpay.reference_invalid',
    (reference) => {
      const write = () =>
        writePromptPay({ payee: { kind: 'biller', id: '099400016550100' }, amountSatang: 1n, reference });
      expect(write).toThrow(expect.objectContaining({ code: 'promptpay.reference_invalid' }));
    },
  );
});

describe('reading back', () => {
  const payload = writePromptPay({ payee: { kind: 'phone', id: '0812345678' }, amountSatang: 500_00n, reference: 'A' });

  test('refuses any other checksum', () => {
    const [body, crc] = [payload.slice(0, -4), payload.slice(-4)];
    for (let n = 0; n < 0x10000; n += 97) {
      const other = n.toString(16).toUpperCase().padStart(4, '0');
      if (other !== crc) expect(readPromptPay(body + other)).toBeUndefined();
    }
    expect(readPromptPay(payload)).toBeDefined();
  });

  test('refuses a payload in which any one character was changed', () => {
    for (let at = 0; at < payload.length - 4; at++) {
      const digit = payload[at] === '7' ? '8' : '7';
      expect(readPromptPay(payload.slice(0, at) + digit + payload.slice(at + 1))).toBeUndefined();
    }
  });

  test('refuses other currencies, countries and QRs without an amount, however well they are signed', () => {
    const signed = (text: string) => `${text}6304${crc16(`${text}6304`)}`;
    const account = '29370016A000000677010111011300668123456' + '78';
    expect(readPromptPay(signed(`000201010212${account}53037645406500.005802TH`))?.amountSatang).toBe(500_00n);
    expect(readPromptPay(signed(`000201010212${account}53038405406500.005802TH`))).toBeUndefined();
    expect(readPromptPay(signed(`000201010212${account}53037645406500.005802US`))).toBeUndefined();
    expect(readPromptPay(signed(`000201010211${account}53037645802TH`))).toBeUndefined();
    expect(readPromptPay(signed(`000201010212${account}5303764540550.005802TH`))?.amountSatang).toBe(50_00n);
    expect(readPromptPay(signed(`000201010212${account}53037645402505802TH`))).toBeUndefined();
  });

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        readPromptPay(text);
      }),
    );
  });
});

describe('a merchant id as operators write it', () => {
  test.each<[string, Payee]>([
    ['0812345678', { kind: 'phone', id: '0812345678' }],
    ['081-234-5678', { kind: 'phone', id: '0812345678' }],
    ['1-2345-67890-12-1', { kind: 'national_id', id: '1234567890121' }],
    ['ewallet:123456789012345', { kind: 'ewallet', id: '123456789012345' }],
    ['biller:099400016550100', { kind: 'biller', id: '099400016550100' }],
    ['id:1234567890121', { kind: 'national_id', id: '1234567890121' }],
  ])('%s is understood', (text, payee) => {
    expect(parsePayee(text)).toEqual(payee);
  });

  test.each(['', '123456789012345', 'wallet:123456789012345', 'biller:', '12345', 'phone:12345', '+66812345678'])(
    '"%s" is refused rather than guessed',
    (text) => {
      expect(() => parsePayee(text)).toThrow(expect.objectContaining({ code: 'promptpay.id_invalid' }));
    },
  );
});
