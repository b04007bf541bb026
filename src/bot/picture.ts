import QRCode from 'qrcode';

const LIFETIME_MS = 5 * 60_000;
const MOST = 500;
const made = new Map<string, { picture: Promise<Buffer>; at: number }>();

/** A QR as a PNG, 720 pixels wide with its quiet zone. Made once per payload and kept five minutes. */
export function qrPicture(payload: string, nowMs: number = performance.now()): Promise<Buffer> {
  const known = made.get(payload);
  if (known && nowMs - known.at < LIFETIME_MS) return known.picture;
  for (const [key, entry] of made) {
    if (made.size < MOST && nowMs - entry.at < LIFETIME_MS) break; // the oldest are first
    made.delete(key);
  }
  const picture = QRCode.toBuffer(payload, { type: 'png', errorCorrectionLevel: 'M', margin: 4, width: 720 });
  made.set(payload, { picture, at: nowMs });
  return picture;
}
