import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { z } from 'zod';
import { createLocalChat, type LocalChat } from '../../src/bot/local/localChat.ts';
import { lastLocalMessages } from '../../src/core/chats/localMessage.ts';
import { meet } from '../../src/core/people/identity.ts';
import { createWorld, type World } from './world.ts';

// A world with a local chat, for tests that talk to it over HTTP. Whoever imports this gets one for the whole file, and
// a new persona for every test.

export const HOST = '127.0.0.1:8000';
export const OURS = { host: HOST, 'sec-fetch-site': 'same-origin', origin: `http://${HOST}` };

export let world: World;
export let chat: LocalChat;
/** The persona of the running test. */
export let who: string;
let born = 0;

export const become = (subject: string) => {
  who = subject;
};

beforeAll(async () => {
  world = await createWorld();
  chat = createLocalChat(ground());
});
afterAll(() => world.close());
beforeEach(() => {
  born += 1;
  who = `trader-${born}`;
});

export const ground = () => world.ctx({ kind: 'job', name: 'test' });
export const ctx = () => world.ctx({ kind: 'chat', provider: 'local' });
export const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });

export const get = (path: string, headers: Record<string, string> = {}, address = '127.0.0.1') =>
  chat.app.request(path, { headers: { host: HOST, ...headers } }, from(address));

export async function post(path: string, body: object, headers: Record<string, string> = OURS, app: Hono = chat.app) {
  const sent = JSON.stringify({ as: who, name: 'Trader', language: 'en', id: randomUUID(), ...body });
  return app.request(
    path,
    { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: sent },
    from('127.0.0.1'),
  );
}

const outcomeSchema = z.object({
  reached: z.number(),
  toast: z.string().optional(),
  form: z
    .looseObject({
      command: z.string(),
      problem: z.string().optional(),
      fields: z.array(z.looseObject({ name: z.string() })),
    })
    .optional(),
});

export async function sent(path: string, body: object, app?: Hono) {
  const response = await post(path, body, OURS, app);
  expect(response.status, await response.clone().text()).toBe(200);
  return outcomeSchema.parse(await response.json());
}

const bodySchema = z.object({
  text: z.string().optional(),
  title: z.string().optional(),
  lines: z.array(z.string()).default([]),
  buttons: z.array(z.array(z.object({ label: z.string(), data: z.string() }))).default([]),
  attachment: z.object({ kind: z.string(), name: z.string(), size: z.number() }).optional(),
});

/** What stands in the chat now. */
export async function log(subject = who) {
  const rows = await lastLocalMessages(ctx(), { subject, limit: 100 });
  return rows.map((row) => ({
    id: row.id,
    author: row.author,
    edited: row.editedAt !== null,
    body: bodySchema.parse(row.body),
  }));
}

export async function answers() {
  return (await log()).filter((message) => message.author === 'bot');
}

export async function lastAnswer() {
  const last = (await answers()).at(-1);
  if (!last) throw new Error('the bot said nothing');
  return last;
}

export function dataOf(message: Awaited<ReturnType<typeof lastAnswer>>, does: string): string {
  const found = message.body.buttons.flat().find((button) => button.data.split('|')[0] === does);
  if (!found) throw new Error(`no button "${does}"`);
  return found.data;
}

export async function press(message: Awaited<ReturnType<typeof lastAnswer>>, does: string) {
  return sent('/chat/press', { message: message.id, data: dataOf(message, does) });
}

export async function refusedCode(response: Response): Promise<string> {
  return z.object({ error: z.object({ code: z.string() }) }).parse(await response.json()).error.code;
}

export async function persona(subject: string) {
  const { identity } = await meet(ctx(), { provider: 'local', subject, displayName: subject, languageHint: 'en' });
  return { identityId: identity.id, subject, language: 'en' } as const;
}
