import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { gzipSync } from 'node:zlib';

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
  ['thai-400.ttf', thai('400Regular')],
  ['thai-700.ttf', thai('700Bold')],
  ...readdirSync(folder).map((name) => [name, new URL(name, folder)] as [string, URL]),
];

/** What the page loads, packed once: no name in a request ever becomes a path. */
export const assets: ReadonlyMap<string, { type: string; zipped: Uint8Array<ArrayBuffer> }> = new Map(
  places.map(([name, place]) => [
    name,
    {
      type: typeOf[extname(name)] ?? 'application/octet-stream',
      zipped: new Uint8Array(gzipSync(readFileSync(place))),
    },
  ]),
);
