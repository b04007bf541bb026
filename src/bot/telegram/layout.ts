import type { InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity } from 'grammy/types';
import type { Drawn } from '../draw.ts';

/** Telegram's limits, in UTF-16 units. */
export const TEXT_MOST = 4096;
export const CAPTION_MOST = 1024;
export const TOAST_MOST = 200;

export interface Laid {
  text: string;
  entities: MessageEntity[];
}

/**
 * A reply as one text with entities beside it: a bold title, its lines, then the facts. Entities rather than a parse
 * mode, because then nothing that somebody wrote can become markup.
 */
export function layOut(drawn: Pick<Drawn, 'title' | 'lines' | 'facts'>, most: number): Laid {
  const entities: MessageEntity[] = [];
  let text = '';
  const add = (piece: string, type?: 'bold' | 'code') => {
    if (type && piece) entities.push({ type, offset: text.length, length: piece.length });
    text += piece;
  };
  const gap = (size: string) => add(text ? size : '');
  if (drawn.title) add(drawn.title, 'bold');
  drawn.lines.forEach((line, i) => {
    gap(i === 0 ? '\n\n' : '\n');
    add(line);
  });
  drawn.facts.forEach((fact, i) => {
    gap(i === 0 ? '\n\n' : '\n');
    add(`${fact.label}: `);
    add(fact.value, fact.code ? 'code' : undefined);
  });
  return cutLaid({ text, entities }, most);
}

/** Cuts to `most` UTF-16 units with an ellipsis at the end, never through a letter with its vowels and tone marks. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  for (const { index, segment } of graphemes.segment(text.slice(0, most + 64))) {
    if (index + segment.length > most - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end)}…`;
}

const graphemes = new Intl.Segmenter('th', { granularity: 'grapheme' });

function cutLaid({ text, entities }: Laid, most: number): Laid {
  const short = cut(text, most);
  if (short === text) return { text, entities };
  const end = short.length - 1; // the ellipsis itself is plain
  const kept = entities.filter((entity) => entity.offset < end);
  return {
    text: short,
    entities: kept.map((entity) => ({ ...entity, length: Math.min(entity.length, end - entity.offset) })),
  };
}

export function keyboardOf(buttons: Drawn['buttons'], link?: Drawn['link']): InlineKeyboardMarkup | undefined {
  const filled = buttons.filter((row) => row.length > 0).map((row) => row.map(buttonOf));
  const rows: InlineKeyboardButton[][] = link ? [[{ text: link.label, url: link.url }], ...filled] : filled;
  return rows.length > 0 ? { inline_keyboard: rows } : undefined;
}

function buttonOf({ label, data, style }: Drawn['buttons'][number][number]): InlineKeyboardButton {
  return { text: label, callback_data: data, ...(style ? { style } : {}) };
}
