import { and, asc, desc, eq, gt, isNull, max, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { identity } from '../people/tables.ts';
import { localMessage } from './tables.ts';

/**
 * The messages of the local chat. `subject` is whose chat it is. The body is the chat's own affair, except for `key`
 * (two messages of one subject with one key are one message) and `waiting` (it has not been answered yet).
 */
export interface LocalMessage {
  id: number;
  /** Grows with every edit. Within a subject changes become visible in this order, so a page misses none. */
  change: number;
  author: 'person' | 'bot';
  body: unknown;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
}

export interface LocalAttachment {
  content: Uint8Array;
  type: string;
}

interface NewMessage {
  subject: string;
  author: 'person' | 'bot';
  key?: string | undefined;
  /** It wants an answer: `settleLocalMessage` when it has one. */
  waiting?: boolean;
  body: object;
  attachment?: LocalAttachment | undefined;
}

type Which = { subject: string; id: number };

const shown = {
  id: localMessage.id,
  change: localMessage.change,
  author: localMessage.author,
  body: localMessage.body,
  createdAt: localMessage.createdAt,
  editedAt: localMessage.editedAt,
  deletedAt: localMessage.deletedAt,
};

const nextChange = sql`nextval('local_message_change')`;
/** What stays of a body whatever is written over it. */
const keyAlone = sql`jsonb_strip_nulls(jsonb_build_object('key', ${localMessage.body}->'key'))`;
const where = (which: Which) =>
  and(eq(localMessage.subject, which.subject), eq(localMessage.id, which.id), isNull(localMessage.deletedAt));

/**
 * Writers of one subject take turns. A sequence hands out numbers before the commit: without turns a page could read
 * change 8, go on from there, and never see change 7, which was committed a moment later.
 */
async function inTurn<T>(ctx: Context, subject: string, body: (ctx: TxContext) => Promise<T>): Promise<T> {
  return inTransaction(ctx, async (ctx) => {
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`local_message:${subject}`}, 0))`);
    return body(ctx);
  });
}

/** Adds a message. With a key that was used before nothing is added and the older message is the answer. */
export async function addLocalMessage(ctx: Context, message: NewMessage): Promise<{ id: number; waiting: boolean }> {
  requireActor(ctx, 'chat');
  const { subject, author, key, attachment, waiting = false } = message;
  return inTurn(ctx, subject, async (ctx) => {
    const older = key === undefined ? undefined : await findByKey(ctx, subject, key);
    if (older) return older;
    const [row] = await ctx.db
      .insert(localMessage)
      .values({
        subject,
        author,
        body: { ...message.body, ...(key === undefined ? {} : { key }), ...(waiting ? { waiting } : {}) },
        attachment: attachment?.content ?? null,
        attachmentType: attachment?.type ?? null,
        createdAt: ctx.clock.now(),
      })
      .returning({ id: localMessage.id });
    if (!row) throw new Error('an insert answered no row');
    return { id: row.id, waiting };
  });
}

async function findByKey(ctx: TxContext, subject: string, key: string) {
  const [row] = await ctx.db
    .select({ id: localMessage.id, waiting: sql<boolean>`${localMessage.body} ? 'waiting'` })
    .from(localMessage)
    .where(and(eq(localMessage.subject, subject), sql`${localMessage.body}->>'key' = ${key}`))
    .limit(1);
  return row;
}

/** Notes that a message has been answered. Pages need not hear of it. */
export async function settleLocalMessage(ctx: Context, which: Which): Promise<void> {
  requireActor(ctx, 'chat');
  const body = sql`${localMessage.body} - 'waiting'`;
  await ctx.db.update(localMessage).set({ body }).where(where(which));
}

/** Puts words in the place of one of the bot's messages, its attachment included; false when that message is gone. */
export async function editLocalMessage(ctx: Context, which: Which, body: object): Promise<boolean> {
  requireActor(ctx, 'chat');
  return inTurn(ctx, which.subject, async (ctx) => {
    const edited = await ctx.db
      .update(localMessage)
      .set({
        body: sql`${JSON.stringify(body)}::jsonb || ${keyAlone}`,
        attachment: null,
        attachmentType: null,
        editedAt: ctx.clock.now(),
        change: nextChange,
      })
      .where(and(where(which), eq(localMessage.author, 'bot')))
      .returning({ id: localMessage.id });
    return edited.length > 0;
  });
}

/** Takes a message away and wipes what it said. The row stays, so that open pages hear of it. */
export async function deleteLocalMessage(ctx: Context, which: Which): Promise<boolean> {
  requireActor(ctx, 'chat');
  return inTurn(ctx, which.subject, async (ctx) => {
    const deleted = await ctx.db
      .update(localMessage)
      .set({ body: keyAlone, attachment: null, attachmentType: null, deletedAt: ctx.clock.now(), change: nextChange })
      .where(where(which))
      .returning({ id: localMessage.id });
    return deleted.length > 0;
  });
}

/** The newest change of a subject, 0 when there is none. */
export async function latestLocalChange(ctx: Context, subject: string): Promise<number> {
  requireActor(ctx, 'chat');
  const [row] = await ctx.db
    .select({ change: max(localMessage.change) })
    .from(localMessage)
    .where(eq(localMessage.subject, subject));
  return row?.change ?? 0;
}

/** What happened after `change`, deletions too, in the order in which it happened. */
export async function localMessagesSince(
  ctx: Context,
  input: { subject: string; change: number; limit: number },
): Promise<LocalMessage[]> {
  requireActor(ctx, 'chat');
  return ctx.db
    .select(shown)
    .from(localMessage)
    .where(and(eq(localMessage.subject, input.subject), gt(localMessage.change, input.change)))
    .orderBy(asc(localMessage.change))
    .limit(input.limit);
}

/** The last messages of a chat that are still there, oldest first. */
export async function lastLocalMessages(
  ctx: Context,
  input: { subject: string; limit: number },
): Promise<LocalMessage[]> {
  requireActor(ctx, 'chat');
  const rows = await ctx.db
    .select(shown)
    .from(localMessage)
    .where(and(eq(localMessage.subject, input.subject), isNull(localMessage.deletedAt)))
    .orderBy(desc(localMessage.id))
    .limit(input.limit);
  return rows.reverse();
}

/** The picture or file of a message, with the body that names it. */
export async function localAttachment(
  ctx: Context,
  which: Which,
): Promise<(LocalAttachment & { body: unknown }) | undefined> {
  requireActor(ctx, 'chat');
  const [row] = await ctx.db
    .select({ body: localMessage.body, content: localMessage.attachment, type: localMessage.attachmentType })
    .from(localMessage)
    .where(where(which));
  if (!row?.content || row.type === null) return undefined;
  return { body: row.body, content: row.content, type: row.type };
}

/** Who has written in the local chat, the last one first. */
export async function localPersonas(ctx: Context, limit: number): Promise<{ subject: string; name: string }[]> {
  requireActor(ctx, 'chat');
  return ctx.db
    .select({ subject: identity.subject, name: identity.displayName })
    .from(identity)
    .where(eq(identity.provider, 'local'))
    .orderBy(desc(identity.lastSeenAt), desc(identity.id))
    .limit(limit);
}
