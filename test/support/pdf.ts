import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { getDocumentProxy } from 'unpdf';

/** What a reader finds in a PDF: its pages as text, ำ as it is spelt, and what it says of itself. */
export async function readPdf(content: Uint8Array) {
  const pdf = await getDocumentProxy(content.slice()); // the reader keeps what it is given
  const { info } = await pdf.getMetadata();
  const pages: string[] = [];
  for (let n = 1; n <= pdf.numPages; n++) {
    const { items } = await (await pdf.getPage(n)).getTextContent();
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    pages.push(text.replace(/\u0e4d([\u0e48-\u0e4b]*)\u0e32/g, '$1\u0e33'));
  }
  return { info, pages, text: pages.join('\n') };
}

const reader = join(dirname(createRequire(import.meta.url).resolve('unpdf')), 'pdfjs.mjs');

/** The first page as a picture, drawn by a reader inside the browser. */
export async function pictureOf(browser: Browser, content: Uint8Array, scale: number): Promise<Buffer> {
  const page = await browser.newPage();
  await page.route('http://paper.test/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/reader') return route.fulfill({ body: await readFile(reader), contentType: 'text/javascript' });
    if (pathname === '/paper') return route.fulfill({ body: Buffer.from(content), contentType: 'application/pdf' });
    return route.fulfill({ body: '<!doctype html><canvas></canvas>', contentType: 'text/html' });
  });
  await page.goto('http://paper.test/');
  const drawn = await page.evaluate<string>(`(async () => {
    const { getDocument } = await import('/reader');
    const data = new Uint8Array(await (await fetch('/paper')).arrayBuffer());
    const paper = await (await getDocument({ data }).promise).getPage(1);
    const viewport = paper.getViewport({ scale: ${scale} });
    const canvas = document.querySelector('canvas');
    [canvas.width, canvas.height] = [viewport.width, viewport.height];
    await paper.render({ canvas, viewport }).promise;
    return canvas.toDataURL();
  })()`);
  await page.close();
  return Buffer.from(drawn.slice(drawn.indexOf(',') + 1), 'base64');
}
