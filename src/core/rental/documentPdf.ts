import type { UserId } from '../id.ts';
import type { Language } from '../text/text.ts';
import { type DocumentStory, numberOf, readDocument, type TaxDocument } from './document.ts';
import { documentLayout, type Mark } from './documentLayout.ts';
import type { PdfContext } from './pdf.ts';

export interface DocumentPdf {
  name: string;
  mime: string;
  content: Uint8Array<ArrayBuffer>;
}

/** A document as a file. The same document, language and mark are the same bytes at any time. */
export async function documentPdf(
  ctx: PdfContext,
  story: DocumentStory,
  as: { mark: Mark; language: Language },
): Promise<DocumentPdf> {
  const content = await ctx.pdf.print(documentLayout(story, as));
  const name = `${numberOf(story.document)}${as.mark === 'copy' ? '-copy' : ''}.pdf`;
  return { name, mime: 'application/pdf', content };
}

/** The original of one's own document, as often as one asks for it. Refuses `document.missing`. */
export async function ownDocumentPdf(
  ctx: PdfContext,
  input: { userId: UserId; documentId: string; language: Language },
): Promise<{ document: TaxDocument; file: DocumentPdf }> {
  const story = await readDocument(ctx, input); // says who may
  return {
    document: story.document,
    file: await documentPdf(ctx, story, { mark: 'original', language: input.language }),
  };
}
