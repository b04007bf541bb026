import { hasText, type Language, translate } from '../text/text.ts';

/**
 * The words of a notice as its person reads them, or undefined where there are none: its kind is unknown here, or its
 * row was written by a version whose words needed something else.
 */
export function noticeWords(
  language: Language,
  notice: { kind: string; params: Record<string, string> },
): string | undefined {
  const key = `notice.${notice.kind}`;
  if (!hasText(language, key)) return undefined;
  try {
    return translate(language, key, notice.params);
  } catch {
    return undefined; // a parameter is missing; the panel then shows the parameters there are
  }
}
