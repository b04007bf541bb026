import { Hono, type Context as Request } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { latestLocalChange, localAttachment, localPersonas } from '../../core/chats/localMessage.ts';
import { as } from '../../core/context.ts';
import { fail, Refusal, statusOf } from '../../core/error.ts';
import type { Courier } from '../../core/notices/courier.ts';
import { hasText, languageFrom, languages } from '../../core/text/text.ts';
import { type BotContext, describe, isForEverybody } from '../command.ts';
import { commands } from '../commands/list.ts';
import { speak } from '../draw.ts';
import { tellNotice } from '../notices.ts';
import { errorSay } from '../wayOn.ts';
import { feed } from './feed.ts';
import { loopbackOnly, protectedHeaders, sameOriginOnly } from './guard.ts';
import { assets, page } from './page.ts';
import { createReceiver, formSchema, messageSchema, pressSchema, subjectSchema } from './receive.ts';
import { retireMessage, reviseMessage, show } from './show.ts';

export interface LocalChat {
  app: Hono;
  courier: Courier;
  /** Ends the open event streams, so that the server can close. */
  stop(): void;
}

const MOST_BYTES = 64 * 1024;
const MOST_PERSONAS = 20;

/** The third chat: a page for development at `/chat`, answered by the same commands as Telegram and Discord. */
export function createLocalChat(given: BotContext): LocalChat {
  const ctx = as(given, { kind: 'chat', provider: 'local' });
  const stopping = new AbortController();
  const app = new Hono();
  app.onError((error, c) => refuse(ctx, c, error));
  app.use('/chat/*', protectedHeaders, loopbackOnly, sameOriginOnly);
  app.use(
    '/chat/*',
    bodyLimit({ maxSize: MOST_BYTES, onError: () => fail('body.too_large', { maxKib: MOST_BYTES / 1024 }) }),
  );
  addReading(app, ctx, stopping.signal);
  addWriting(app, ctx);
  return { app, courier: courierOf(ctx), stop: () => stopping.abort() };
}

function addReading(app: Hono, ctx: BotContext, stopping: AbortSignal): void {
  app.get('/chat', (c) => c.html(page(languageFrom(c.req.header('accept-language')))));
  app.get('/chat/assets/:name', (c) => {
    const asset = assets.get(c.req.param('name')) ?? fail('http.missing');
    return c.body(asset.body, 200, { 'content-type': asset.type, 'cache-control': 'no-cache' });
  });
  app.get('/chat/events', (c) => {
    const subject = parse(subjectSchema, c.req.query('as'));
    const since = parse(sinceSchema, c.req.query('since') ?? c.req.header('last-event-id') ?? '0');
    return feed(c, ctx, { subject, since, stopping });
  });
  app.get('/chat/commands', (c) => {
    const language = parse(z.enum(languages), c.req.query('language'));
    const told = commands.filter((command) => !command.hidden && isForEverybody(command));
    return c.json(told.map((command) => ({ name: command.name, description: speak(language, describe(command)) })));
  });
  app.get('/chat/personas', async (c) => c.json(await localPersonas(ctx, MOST_PERSONAS)));
  app.get('/chat/attachments/:message', async (c) => {
    const subject = parse(subjectSchema, c.req.query('as'));
    const id = parse(idSchema, c.req.param('message'));
    return attachment(c, await localAttachment(ctx, { subject, id }));
  });
}

function addWriting(app: Hono, ctx: BotContext): void {
  const receiver = createReceiver(ctx);
  // The page shows that the bot is typing until it has seen the change that the answer reached.
  const reached = async (subject: string) => ({ reached: await latestLocalChange(ctx, subject) });
  app.post('/chat/messages', async (c) => {
    const message = await body(c, messageSchema);
    return c.json({ ...(await receiver.message(message)), ...(await reached(message.as)) });
  });
  app.post('/chat/press', async (c) => {
    const press = await body(c, pressSchema);
    return c.json({ ...(await receiver.press(press)), ...(await reached(press.as)) });
  });
  app.post('/chat/form', async (c) => {
    const form = await body(c, formSchema);
    return c.json({ ...(await receiver.form(form)), ...(await reached(form.as)) });
  });
}

/** A notice that is delivered a second time, because the first answer was lost, is shown once. */
function courierOf(ctx: BotContext): Courier {
  return {
    async deliver(to, notice) {
      const { subject, identityId, language } = to;
      const place = { subject, identityId, language, key: `notice:${notice.id}`, silent: notice.silent };
      await show(ctx, place, await tellNotice(ctx, notice, language));
      return 'sent';
    },
    async revise(to, screen, told) {
      await reviseMessage(ctx, to, screen, await tellNotice(ctx, told, to.language));
    },
    retire: (to, screen) => retireMessage(ctx, to, screen),
  };
}

const sinceSchema = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const idSchema = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  return fail('request.invalid', { field: field || 'request' });
}

/** JSON of the shape we expect. Only a body that says it is JSON: a form on another site cannot say so. */
async function body<T>(c: Request, schema: z.ZodType<T>): Promise<T> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) fail('webhook.malformed');
  return parse(schema, await c.req.json().catch(() => fail('webhook.malformed')));
}

const inlineTypes = new Set(['image/png', 'image/jpeg', 'image/webp']);

function attachment(c: Request, found: Awaited<ReturnType<typeof localAttachment>>) {
  if (!found) return fail('http.missing');
  const named = z.object({ attachment: z.object({ name: z.string() }) }).safeParse(found.body);
  const name = named.success ? named.data.attachment.name : 'file';
  const how = inlineTypes.has(found.type) ? 'inline' : 'attachment';
  const plain = name.replace(/[^\w.-]/g, '_');
  return c.body(Uint8Array.from(found.content), 200, {
    'content-type': found.type,
    'content-disposition': `${how}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'cache-control': 'private, no-store',
  });
}

function refuse(ctx: BotContext, c: Request, error: Error) {
  if (error instanceof HTTPException) return error.getResponse();
  const refusal = error instanceof Refusal ? error : new Refusal('service.unavailable');
  if (refusal !== error) ctx.log.error({ err: error, path: c.req.path }, 'the local chat failed');
  const language = languageFrom(c.req.header('accept-language'));
  const say = errorSay(refusal);
  const message = hasText(language, say[0]) ? speak(language, say) : refusal.code;
  return c.json({ error: { code: refusal.code, message } }, statusOf[refusal.kind]);
}
