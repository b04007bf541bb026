import type { Painter } from '../../core/chart.ts';
import {
  addLocalMessage,
  deleteLocalMessage,
  editLocalMessage,
  type LocalAttachment,
} from '../../core/chats/localMessage.ts';
import { findScreen, retireScreen, showScreen } from '../../core/chats/screen.ts';
import type { Context } from '../../core/context.ts';
import type { IdentityId } from '../../core/id.ts';
import type { Language } from '../../core/text/text.ts';
import { type Drawn, draw } from '../draw.ts';
import type { Reply } from '../reply.ts';

/** A message of the bot, as it is stored and as the page gets it. */
export interface BotBody {
  language: Language;
  title?: string | undefined;
  lines: string[];
  facts: Drawn['facts'];
  buttons: Drawn['buttons'];
  attachment?: { kind: 'picture' | 'file'; name: string; size: number };
  /** Not worth a mark in the title of the browser's tab. */
  silent?: boolean;
}

/** Where a reply is shown. */
export interface Place {
  subject: string;
  identityId: IdentityId | undefined;
  language: Language;
  /** The message whose button was pressed. */
  pressed?: number | undefined;
  /** Two messages with one key are one message. */
  key?: string;
  silent?: boolean;
}

/** Shows a reply in a person's chat. What it answers is for the page that asked: a passing word. */
export async function show(
  ctx: Context & { painter: Painter },
  place: Place,
  reply: Reply,
): Promise<{ toast: string | undefined }> {
  const drawn = await draw(place.language, reply, ctx);
  const id = isEmpty(drawn) ? undefined : await put(ctx, place, reply, drawn);
  await keepScreens(ctx, place, reply, id);
  return { toast: drawn.toast };
}

const isEmpty = ({ title, lines, facts, picture, file }: Drawn) =>
  !title && lines.length === 0 && facts.length === 0 && !picture && !file;

/**
 * Writes over the pressed message or adds a new one, and answers which message it is now. A message has room for one
 * attachment; where a reply has two, the file follows by itself.
 */
async function put(ctx: Context, place: Place, reply: Reply, drawn: Drawn): Promise<number> {
  const { subject, pressed, key } = place;
  const { picture, file } = drawn;
  if (!picture && !file) {
    const body = bodyOf(place, drawn);
    if (pressed !== undefined && !reply.fresh) {
      if (await editLocalMessage(ctx, { subject, id: pressed }, body)) return pressed;
    }
    return (await addLocalMessage(ctx, { subject, author: 'bot', key, body })).id;
  }
  const attachments = [picture && ofPicture(picture), file && ofFile(file)].filter((a) => a !== undefined);
  const [first, second] = attachments;
  const body = { ...bodyOf(place, drawn), attachment: first?.told };
  const { id } = await addLocalMessage(ctx, { subject, author: 'bot', key, body, attachment: first?.stored });
  if (second) {
    const alone = { ...bodyOf(place), attachment: second.told };
    await addLocalMessage(ctx, {
      subject,
      author: 'bot',
      key: key && `${key}:file`,
      body: alone,
      attachment: second.stored,
    });
  }
  return id;
}

function bodyOf(place: Pick<Place, 'language' | 'silent'>, drawn?: Drawn): BotBody {
  return {
    language: place.language,
    title: drawn?.title,
    lines: drawn ? [...drawn.lines, ...(drawn.link ? [`${drawn.link.label}: ${drawn.link.url}`] : [])] : [],
    facts: drawn?.facts ?? [],
    buttons: drawn?.buttons ?? [],
    ...(place.silent ? { silent: true } : {}),
  };
}

interface Attached {
  told: NonNullable<BotBody['attachment']>;
  stored: LocalAttachment;
}

const ofPicture = ({ name, png }: NonNullable<Drawn['picture']>): Attached => ({
  told: { kind: 'picture', name, size: png.length },
  stored: { content: png, type: 'image/png' },
});

const ofFile = ({ name, mime, content }: NonNullable<Drawn['file']>): Attached => ({
  told: { kind: 'file', name, size: content.length },
  stored: { content, type: mime },
});

/** Remembers which message is which, and takes away those whose place was taken, now that the new one is there. */
async function keepScreens(ctx: Context, place: Place, reply: Reply, id: number | undefined): Promise<void> {
  const { identityId, subject } = place;
  if (!identityId) return;
  const ended: (string | undefined)[] = [];
  if (reply.screen && id !== undefined) {
    ended.push(await showScreen(ctx, { identityId, name: reply.screen, ref: String(id) }));
  }
  if (reply.retire) ended.push(await retireScreen(ctx, { identityId, name: reply.retire }));
  for (const ref of ended) {
    if (ref !== undefined && ref !== String(id)) await deleteLocalMessage(ctx, { subject, id: Number(ref) });
  }
}

/** Writes a reply of words into the message of this name, if the person is still shown it. */
export async function reviseMessage(
  ctx: Context & { painter: Painter },
  to: { identityId: IdentityId; subject: string; language: Language },
  name: string,
  reply: Reply,
): Promise<void> {
  const ref = await findScreen(ctx, { identityId: to.identityId, name });
  if (ref === undefined) return;
  const body = bodyOf(to, await draw(to.language, reply, ctx));
  await editLocalMessage(ctx, { subject: to.subject, id: Number(ref) }, body);
}

/** Takes the message of this name away, if the person was shown one. */
export async function retireMessage(
  ctx: Context,
  of: { identityId: IdentityId; subject: string },
  name: string,
): Promise<void> {
  const ref = await retireScreen(ctx, { identityId: of.identityId, name });
  if (ref !== undefined) await deleteLocalMessage(ctx, { subject: of.subject, id: Number(ref) });
}
