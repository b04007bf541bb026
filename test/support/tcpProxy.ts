import { connect, createServer, type Socket } from 'node:net';

/** A way to the database that a test can cut and mend. */
export interface TcpProxy {
  url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Stands between us and the server of `target`, on a port of its own. */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const make = () =>
    createServer((client) => {
      const server = connect(Number(port), hostname);
      for (const socket of [client, server]) {
        open.add(socket);
        socket.on('error', () => {}).on('close', () => open.delete(socket));
      }
      client.pipe(server).pipe(client);
    });
  let proxy = make();
  const listen = (at: number) => new Promise<void>((resolve) => proxy.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const address = proxy.address();
  if (!address || typeof address === 'string') throw new Error('the proxy listens nowhere');
  const url = Object.assign(new URL(target), { hostname: '127.0.0.1', port: String(address.port) }).href;
  return {
    url,
    async cut() {
      const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
    async mend() {
      proxy = make();
      await listen(address.port);
    },
  };
}
