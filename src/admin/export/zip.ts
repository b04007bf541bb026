import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import type { Bytes } from './sheet.ts';

/** A file of an archive; its content is asked for when its turn has come. */
export interface ZipFile {
  name: string;
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

interface Packed {
  name: Buffer;
  crc: number;
  packedBytes: number;
  bytes: number;
  offset: number;
}

/** Sizes stand behind each file, because they are not known before (bit 3); names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const DEFLATE = 8;
const VERSION = 20;
/** 1 January 1980, the first day there is: when a file was made says the export itself. */
const DAY = 0x0021;
/** Sizes and places have four bytes each in the plain format. */
const MOST_BYTES = 0xffff_ffff;

/**
 * A ZIP archive (APPNOTE 6.3) that is never held as a whole: it grows as fast as it is read, one file after the other, and
 * whoever stops reading stops the files as well. Refuses to go on beyond 4 GiB, where the plain format ends.
 */
export async function* zip(files: AsyncIterable<ZipFile>): Bytes {
  const packed: Packed[] = [];
  let offset = 0;
  for await (const { name, content } of files) {
    const file: Packed = { name: Buffer.from(name), crc: 0, packedBytes: 0, bytes: 0, offset };
    const head = Buffer.concat([localHeader(file), file.name]);
    yield head;
    yield* deflated(content, file);
    yield sizes(file);
    packed.push(file);
    offset += head.length + file.packedBytes + SIZES_BYTES;
    if (Math.max(offset, file.bytes) > MOST_BYTES) throw new Error('the archive has grown beyond 4 GiB');
  }
  const directory = Buffer.concat(packed.flatMap((file) => [centralHeader(file), file.name]));
  yield directory;
  yield endOf(packed.length, directory.length, offset);
}

async function* deflated(content: ZipFile['content'], file: Packed): Bytes {
  const deflate = createDeflateRaw();
  const fed = pipeline(async function* () {
    for await (const part of content) {
      file.crc = crc32(part, file.crc);
      file.bytes += part.length;
      yield part;
    }
  }, deflate);
  // Whoever leaves early destroys the stream and with it the feeding; that is no fault of anybody's.
  fed.catch(() => {});
  for await (const part of deflate) {
    const bytes = part as Uint8Array; // a stream of bytes yields nothing else
    file.packedBytes += bytes.length;
    yield bytes;
  }
  await fed;
}

/** Numbers of two and four bytes one after the other, the low byte first. */
function numbers(...given: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const out = Buffer.alloc(given.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of given) at = out.writeUIntLE(value, at, bytes);
  return out;
}

const localHeader = ({ name }: Packed) =>
  numbers(
    [4, 0x04034b50],
    [2, VERSION],
    [2, FLAGS],
    [2, DEFLATE],
    [2, 0],
    [2, DAY],
    [4, 0],
    [4, 0],
    [4, 0],
    [2, name.length],
    [2, 0],
  );

const SIZES_BYTES = 16;
const sizes = ({ crc, packedBytes, bytes }: Packed) => numbers([4, 0x08074b50], [4, crc], [4, packedBytes], [4, bytes]);

const centralHeader = ({ name, crc, packedBytes, bytes, offset }: Packed) =>
  numbers(
    [4, 0x02014b50],
    [2, VERSION],
    [2, VERSION],
    [2, FLAGS],
    [2, DEFLATE],
    [2, 0],
    [2, DAY],
    [4, crc],
    [4, packedBytes],
    [4, bytes],
    [2, name.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, offset],
  );

const endOf = (files: number, bytes: number, offset: number) =>
  numbers([4, 0x06054b50], [2, 0], [2, 0], [2, files], [2, files], [4, bytes], [4, offset], [2, 0]);
