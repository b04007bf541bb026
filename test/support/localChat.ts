import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { createLocalChat, type LocalChat } from '../../src/bot/local/localChat.ts';
import { createWorld, type World } from './world.ts';

/** A world with the local chat served over real HTTP on a loopback port, which can go away and come back. */
export interface ServedChat {
  world: World;
  chat: LocalChat;
  origin: string;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function serveLocalChat(): Promise<ServedChat> {
  const world = await createWorld();
  let server: ServerType | undefined;
  let port = 0;
  let chat = createLocalChat(world.ctx({ kind: 'chat', provider: 'local' }));

  const up = () =>
    new Promise<void>((resolve, reject) => {
      chat = createLocalChat(world.ctx({ kind: 'chat', provider: 'local' }));
      world.couriers.set('local', chat.courier);
      server = serve({ fetch: chat.app.fetch, hostname: '127.0.0.1', port }, (at: AddressInfo) => {
        port = at.port;
        resolve();
      });
      server.on('error', reject);
    });
  const down = async () => {
    chat.stop();
    const closing = server;
    server = undefined;
    if (closing) await new Promise((resolve) => closing.close(resolve));
  };

  await up();
  return {
    world,
    get chat() {
      return chat;
    },
    origin: `http://127.0.0.1:${port}`,
    up,
    down,
    async close() {
      await down();
      await world.close();
    },
  };
}
