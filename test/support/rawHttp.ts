import { connect, type Socket } from 'node:net';

/** What came back over a bare socket, and whether the other side closed it. */
export interface RawAnswer {
  status: number;
  text: string;
  closed: boolean;
  tookMs: number;
}

/**
 * Opens a socket, lets `write` misbehave on it, and waits for the first answer and the end of the connection, at most
 * `patienceMs`. A status of 0 is no answer at all.
 */
export async function rawHttp(
  port: number,
  write: (socket: Socket) => void | Promise<void>,
  patienceMs = 15_000,
): Promise<RawAnswer> {
  const startedMs = performance.now();
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  let closed = false;
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      closed = true;
      resolve();
    };
    socket.on('end', end).on('close', end).on('error', end);
    setTimeout(resolve, patienceMs).unref();
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  await write(socket);
  await ended;
  socket.destroy();
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  return { status, text, closed, tookMs: performance.now() - startedMs };
}
