import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Hono } from 'hono';
import { fail } from '../core/error.ts';
import { fingerprint } from './visit.ts';

const folder = new URL('./page/', import.meta.url);
const { resolve } = createRequire(import.meta.url);

const typeOf: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.ttf': 'font/ttf',
};

const thai = (weight: string) => resolve(`@expo-google-fonts/noto-sans-thai/${weight}/NotoSansThai_${weight}.ttf`);

const places: [string, string | URL][] = [
  ['tabler.css', resolve('@tabler/core/dist/css/tabler.min.css')],
  ['htmx.js', resolve('htmx.org/dist/htmx.min.js')],
  // Bars, lines and tooltips; the whole of it, with maps of heat, is half as large again.
  ['echarts.js', resolve('echarts/dist/echarts.common.min.js')],
  ['echarts-whole.js', resolve('echarts/dist/echarts.min.js')],
  ['thai-400.ttf', thai('400Regular')],
  ['thai-700.ttf', thai('700Bold')],
  ...readdirSync(folder).map((name) => [name, new URL(name, folder)] as [string, URL]),
];

interface Asset {
  type: string;
  body: Uint8Array<ArrayBuffer>;
  zipped?: Uint8Array<ArrayBuffer>;
  mark: string;
}

/** Every file of the panel, read once: no name in a request ever becomes a path. */
const assets: ReadonlyMap<string, Asset> = new Map(
  places.flatMap(([name, place]) => {
    const type = typeOf[extname(name)];
    if (!type) return [];
    // The style sheets name maps for debuggers that we do not serve.
    const read = readFileSync(place);
    const body = new Uint8Array(
      name.endsWith('.ttf') ? read : Buffer.from(read.toString().replace(/\/\*# source.*\*\//, '')),
    );
    return [[name, { type, body, mark: fingerprint(body) }] as const];
  }),
);

/** The address of a file, which changes when the file does. */
export const asset = (name: string) => `/admin/assets/${name}?v=${assets.get(name)?.mark ?? ''}`;

export function serveAssets(app: Hono): void {
  app.get('/admin/assets/:name', (c) => {
    const found = assets.get(c.req.param('name')) ?? fail('http.missing');
    const isMarked = c.req.query('v') === found.mark;
    const packed = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
    // Packed when first asked for: packing all of them would be a good part of the start.
    if (packed) found.zipped ??= new Uint8Array(gzipSync(found.body));
    return c.body((packed && found.zipped) || found.body, 200, {
      'content-type': found.type,
      'cache-control': isMarked ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(packed ? { 'content-encoding': 'gzip' } : {}),
    });
  });
}
