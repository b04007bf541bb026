import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIButtonComponentWithURL,
  type APIEmbed,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import type { Drawn, DrawnButton } from '../draw.ts';

/** A message as discord.js takes it. Fresh each time: discord.js writes into what it is given. */
export interface Layout {
  content: string;
  embeds: APIEmbed[];
  components: APIActionRowComponent<APIButtonComponentWithCustomId | APIButtonComponentWithURL>[];
  files: { name: string; attachment: Buffer }[];
  allowedMentions: { parse: [] };
}

const MOST = {
  content: 2000,
  title: 256,
  description: 4096,
  facts: 25,
  factName: 256,
  factValue: 1024,
  embed: 6000,
  label: 80,
  rows: 5,
  inRow: 5,
};
const COLOUR = 0x2f6fed;
const NOTHING = '\u200b'; // Discord refuses empty fields

/** Lays a drawn reply out as an embed, its files and its buttons. Whatever exceeds Discord's limits is cut. */
export function layOut(drawn: Drawn): Layout {
  const title = cut(plain(drawn.title ?? '').trim(), MOST.title);
  const description = cut(plain(drawn.lines.join('\n')).trim(), MOST.description);
  const embed: APIEmbed = {
    color: COLOUR,
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(drawn.picture ? { image: { url: `attachment://${drawn.picture.name}` } } : {}),
  };
  let left = MOST.embed - title.length - description.length;
  const fields = drawn.facts
    .slice(0, MOST.facts)
    .map(layOutFact)
    .filter((field) => {
      left -= field.name.length + field.value.length;
      return left >= 0;
    });
  if (fields.length > 0) embed.fields = fields;
  const empty = !title && !description && !embed.image && fields.length === 0;
  return {
    content: empty && !drawn.file ? NOTHING : '',
    embeds: empty ? [] : [embed],
    components: layOutButtons(drawn),
    files: filesOf(drawn),
    allowedMentions: { parse: [] },
  };
}

/**
 * A message somebody gets unasked. Words alone are ordinary content and not an embed, because a phone's notification
 * shows only content; unless they are longer than content may be.
 */
export function layOutNotice(drawn: Drawn): Layout {
  const content = plain(drawn.lines.join('\n')).trim();
  if (drawn.title || drawn.facts.length > 0 || drawn.picture || content.length > MOST.content) return layOut(drawn);
  const layout = layOut({ ...drawn, lines: [] });
  return { ...layout, content: content || layout.content };
}

/** One sentence, as a passing word. */
export function layOutToast(text: string): Layout {
  return {
    content: cut(plain(text), MOST.content),
    embeds: [],
    components: [],
    files: [],
    allowedMentions: { parse: [] },
  };
}

function layOutFact(fact: Drawn['facts'][number]) {
  const code = fact.code ? fact.value.replace(/`/g, 'ˋ').replace(/\s+/g, ' ').trim() : '';
  const value = code ? `\`${cut(code, MOST.factValue - 2)}\`` : cut(plain(fact.value).trim(), MOST.factValue);
  return {
    name: cut(plain(fact.label).trim(), MOST.factName) || NOTHING,
    value: value || NOTHING,
    inline: fact.value.length <= 24,
  };
}

/**
 * Rows of more than five are broken, and more rows than there is room for are filled up from the first button to the
 * last, so that none is lost. A second button that does the same is left out, as Discord refuses the pair.
 */
function layOutButtons({ buttons: rows, link }: Pick<Drawn, 'buttons' | 'link'>): Layout['components'] {
  const seen = new Set<string>();
  const unique = rows.map((row) => row.filter((button) => !seen.has(button.data) && seen.add(button.data)));
  const broken = unique.flatMap(inFives);
  const room = link ? MOST.rows - 1 : MOST.rows;
  const laid = (broken.length > room ? inFives(unique.flat()) : broken)
    .slice(0, room)
    .map((row) => ({ type: ComponentType.ActionRow as const, components: row.map(layOutButton) }));
  return link ? [layOutLink(link), ...laid] : laid;
}

const inFives = (row: readonly DrawnButton[]) =>
  Array.from({ length: Math.ceil(row.length / MOST.inRow) }, (_, i) => row.slice(i * MOST.inRow, (i + 1) * MOST.inRow));

const layOutLink = ({ label, url }: NonNullable<Drawn['link']>): Layout['components'][number] => ({
  type: ComponentType.ActionRow,
  components: [{ type: ComponentType.Button, style: ButtonStyle.Link, label: cut(label.trim(), MOST.label), url }],
});

const STYLES = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const;

function layOutButton(button: DrawnButton): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    custom_id: button.data,
    label: cut(button.label.trim(), MOST.label) || NOTHING, // a label is plain text already
    style: button.style ? STYLES[button.style] : ButtonStyle.Secondary,
  };
}

function filesOf({ picture, file }: Drawn): Layout['files'] {
  const files: Layout['files'] = [];
  if (picture) files.push({ name: picture.name, attachment: picture.png });
  if (file) files.push({ name: file.name, attachment: Buffer.from(file.content) });
  return files;
}

/**
 * Text that Discord shows as it is: no Markdown, no `<@mention>`, no `@everyone`. Addresses stay as they are, because
 * a backslash inside one would break it, and Discord reads no Markdown there.
 */
export function plain(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<]+)/)
    .map((part, i) => (i % 2 === 1 ? part : escapeMarks(part)))
    .join('')
    .replace(/^(\s*)([#+-]|>)/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s)/gm, '$1\\$2')
    .replace(/@(everyone|here)/gi, '@\u200b$1');
}

const escapeMarks = (text: string) => text.replace(/[\\*_~`|<[\]]/g, '\\$&');

/** At most `max` characters, cut with `…`; never in the middle of an escaped or a paired character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '');
  const slashes = /\\*$/.exec(kept)?.[0].length ?? 0;
  return `${slashes % 2 === 1 ? kept.slice(0, -1) : kept}…`;
}
