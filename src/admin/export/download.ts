import { bangkokDay, bangkokDayStart } from '../../core/clock.ts';
import { fail } from '../../core/error.ts';
import { beginExport, type Exported, type ExportFormat, endExport } from '../../core/ops/exports.ts';
import { query, type SignedIn } from '../visit.ts';
import { csvBytes } from './csv.ts';
import type { Bytes, Sheet } from './sheet.ts';
import { streamOf } from './stream.ts';
import { takeTurn } from './turns.ts';
import { xlsxBytes } from './xlsx.ts';

const formats: Record<ExportFormat, { type: string; bytes(sheet: Sheet): Bytes }> = {
  csv: { type: 'text/csv; charset=utf-8', bytes: csvBytes },
  xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', bytes: xlsxBytes },
};

const isFormat = (text: string): text is ExportFormat => Object.hasOwn(formats, text);

interface Wanted {
  what: Exported;
  /** The filter in words, for the audit. */
  filter: Record<string, string>;
  sheet(): Sheet;
}

/**
 * Answers with the list as a file, read from the database while it is sent. Who took what, with which filter, and how
 * many rows had left when it ended, stands in the audit.
 */
export async function download(visit: SignedIn, { what, filter, sheet }: Wanted): Promise<Response> {
  const { c, ctx, opened } = visit;
  const format = query(visit, 'format');
  if (!isFormat(format)) fail('request.invalid', { field: 'format' });
  const { type, bytes } = formats[format];
  const headers = {
    'content-type': type,
    'content-disposition': `attachment; filename="${fileName(visit, what)}.${format}"`,
  };
  if (c.req.method === 'HEAD') return c.body(null, 200, headers);
  const giveBack = takeTurn(opened.operator.id);
  try {
    const exportId = await beginExport(ctx, { what, format, filter });
    const counted = counting(sheet());
    const body = streamOf(bytes(counted.sheet), async (end, fault) => {
      if (fault) ctx.log.error({ err: fault, exportId, what }, 'an export failed');
      await endExport(ctx, { what, exportId, rows: counted.rows(), end })
        .catch((error: unknown) =>
          ctx.log.error({ err: error, exportId, what }, 'the end of an export was not audited'),
        )
        .finally(giveBack);
    });
    return c.body(body, 200, headers);
  } catch (error) {
    giveBack();
    throw error;
  }
}

function counting(sheet: Sheet): { sheet: Sheet; rows(): number } {
  let rows = 0;
  async function* batches() {
    for await (const batch of sheet.batches) {
      rows += batch.length;
      yield batch;
    }
  }
  return { sheet: { ...sheet, batches: batches() }, rows: () => rows };
}

/** `abtpro-topups-2026-11-01_2026-11-21`: what it is and the days it covers. */
function fileName(visit: SignedIn, what: Exported): string {
  const today = bangkokDay(visit.ctx.clock.now());
  const [from, to] = [query(visit, 'from'), query(visit, 'to')].map((day) => (bangkokDayStart(day) ? day : ''));
  const last = to || today;
  return `abtpro-${what}-${from ? `${from}_${last}` : to ? `until-${last}` : last}`;
}
