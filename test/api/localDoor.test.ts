import { expect, test } from 'vitest';
import { gather, serve } from '../../src/api/server.ts';
import { createLocalChat } from '../../src/bot/local/localChat.ts';
import { job } from '../support/money.ts';
import { createWorld } from '../support/world.ts';

test('the local chat behind the one door refuses a field that is not valid by its name: request.invalid', async () => {
  const world = await createWorld();
  const chat = createLocalChat(world.ctx(job));
  const server = await serve(gather(world.ctx(job), [chat.app]), { host: '127.0.0.1', port: 0 });
  const response = await fetch(`http://127.0.0.1:${server.port}/chat/commands?language=xx`);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ error: { code: 'request.invalid' } });
  chat.stop();
  await server.stop(1000);
  await world.close();
});
