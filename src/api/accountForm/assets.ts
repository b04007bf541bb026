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

interface Asset {
  type: string;
  zipped: Uint8Array<ArrayBuffer>;
}

const known: ReadonlyMap<string, string | URL> = new Map(places);
const packed = new Map<string, Asset>();

/** What the page loads, packed when it is first asked for. No name in a request ever becomes a path. */
export function findAsset(name: string): Asset | undefined {
  const place = known.get(name);
  if (place === undefined) return undefined;
  const found = packed.get(name) ?? {
    type: typeOf[extname(name)] ?? 'application/octet-stream',
    zipped: new Uint8Array(gzipSync(readFileSync(place))),
  };
  packed.set(name, found);
  return found;
}
