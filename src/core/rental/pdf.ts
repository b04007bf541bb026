import type { Context } from '../context.ts';
import type { DocumentLayout } from './documentLayout.ts';

/** Puts a document on paper. Equal layouts give equal bytes. */
export interface PdfPrinter {
  print(layout: DocumentLayout): Promise<Uint8Array<ArrayBuffer>>;
}

export type PdfContext = Context & { pdf: PdfPrinter };
