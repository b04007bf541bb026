import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentLayout } from '../../src/core/rental/documentLayout.ts';
import { pdfPrinter } from '../../src/drivers/pdf/printer.ts';
import { openSheet } from '../../src/drivers/pdf/sheet.ts';
import { launchBrowser } from '../support/browser.ts';
import { invoice, note, receipt } from '../support/paper.ts';
import { pictureOf } from '../support/pdf.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());

/** What fonts and shapers get wrong in Thai: rings, tall letters, letters with a foot, marks upon marks. */
const WORDS = [
  'น้ำ ค้ำ ป้ำ ช้ำ',
  'จำนวน กำกับ',
  'ญู ญุ ฐุ ฐู',
  'ฎุ ฏู ฬุ ปุ',
  'ปี่ ป้า ฟ้า ฝี่',
  'ปุ๋ย ปื้น ปั้น',
  'ที่ ผู้ซื้อ ใบลดหนี้',
  'กตัญญู กฎหมาย',
  '฿1,234.50 – “ก”',
];
const SIZE = 30;
const STEP = 60;
const SCALE = 2;

async function onPaper(): Promise<Buffer> {
  const properties = { title: 'x', author: 'x', subject: 'x', issuedAt: new Date(0) };
  const sheet = await openSheet({ properties });
  for (const [n, word] of WORDS.entries()) {
    sheet.y = 20 + n * STEP;
    sheet.write(word, { x: 20, width: 500, style: { font: 'regular', size: SIZE, colour: '#000000' } });
  }
  return pictureOf(browser, await sheet.finish(), SCALE);
}

/** The same words at the same places, set by the browser, whose shaper knows Thai. */
async function onScreen(): Promise<Buffer> {
  const font = createRequire(import.meta.url).resolve(
    '@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf',
  );
  const page = await browser.newPage({ viewport: { width: 595, height: 842 }, deviceScaleFactor: SCALE });
  const lines = WORDS.map((word, n) => `<p style="top:${20 + n * STEP}px">${word}</p>`).join('');
  await page.setContent(`<style>@font-face{font-family:T;src:url(data:font/ttf;base64,${readFileSync(font).toString('base64')})}
body{margin:0;background:#fff}p{position:absolute;left:20px;margin:0;font:${SIZE}px/1.511 T;white-space:nowrap}</style>${lines}`);
  await page.evaluate('document.fonts.ready');
  const shot = await page.screenshot();
  await page.close();
  return shot;
}

/** For each row of words, how far two pictures are apart: the ink that only one has, as a part of all ink. */
async function differences(one: Buffer, other: Buffer): Promise<number[]> {
  const page = await browser.newPage();
  const sources = [one, other].map((png) => `data:image/png;base64,${png.toString('base64')}`);
  const parts = await page.evaluate<number[]>(`(async () => {
    const read = async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = new OffscreenCanvas(1190, 1684);
      const pen = canvas.getContext('2d');
      pen.drawImage(image, 0, 0);
      return pen.getImageData(0, 0, 1190, 1684).data;
    };
    const [a, b] = await Promise.all(${JSON.stringify(sources)}.map(read));
    const ink = (data, x, y) => 255 - data[(y * 1190 + x) * 4];
    return Array.from({ length: ${WORDS.length} }, (_, row) => {
      const top = (20 + row * ${STEP}) * ${SCALE} - 10;
      let best = 1;
      for (const dy of [-3, -2, -1, 0, 1, 2, 3]) for (const dx of [-1, 0, 1]) { // the two round differently
        let [apart, all] = [0, 0];
        for (let y = top; y < top + ${STEP * SCALE} - 8; y++) for (let x = 30; x < 1100; x++) {
          const [here, there] = [ink(a, x, y), ink(b, x + dx, y + dy)];
          apart += Math.abs(here - there);
          all += Math.max(here, there);
        }
        best = Math.min(best, apart / all);
      }
      return best;
    });
  })()`);
  await page.close();
  return parts;
}

test('Thai on paper looks as a browser sets it', async () => {
  const parts = await differences(await onPaper(), await onScreen());
  for (const [n, part] of parts.entries()) expect(part, WORDS[n]).toBeLessThan(0.05);
}, 60_000);

/** With SCREENSHOTS=<folder> the run leaves the papers there, to be looked at. */
test.each(['th', 'en'] as const)(
  'each kind of document can be drawn by a reader, in %s',
  async (language) => {
    const short = { ...invoice, buyer: receipt.buyer };
    const long = {
      ...invoice,
      buyer: { ...invoice.buyer, name: `${'ห้างหุ้นส่วนยาวมาก '.repeat(9)}🔥 <b>`, address: 'W'.repeat(300) },
    };
    const papers = { invoice, short, receipt, note, long };
    for (const [name, document] of Object.entries(papers)) {
      const original = document.kind === 'credit_note' ? invoice : null;
      const story = { document, original, creditedBeforeSatang: original ? 100_00n : 0n };
      const content = await pdfPrinter().print(documentLayout(story, { mark: 'original', language }));
      const picture = await pictureOf(browser, content, 1.4);
      expect(picture.length, name).toBeGreaterThan(20_000);
      const folder = process.env.SCREENSHOTS;
      if (!folder) continue;
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `paper-${name}-${language}.png`), picture);
    }
  },
  60_000,
);
