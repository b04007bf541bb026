import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

interface Session {
  id: string;
  sequence: number;
  intents: number;
  events: { s: number; t: string; d: unknown }[];
  socket: WebSocket | undefined;
}

export interface FakeGateway {
  /** Tells every session that listens for `intent` (a bit), or keeps it for when the session resumes. */
  dispatch(type: string, data: unknown, intent?: number): void;
  /** Closes every connection. A session can be resumed unless it is forgotten. */
  drop(code: number, how?: { forget?: boolean }): void;
  /** From now on every identify is closed with this code; undefined lets in again. */
  refuse(code: number | undefined): void;
  counts: { identified: number; resumed: number; connected: () => number };
  close(): Promise<void>;
}

const HEARTBEAT_MS = 41_250;
/** Members, presences and message content must be asked for at Discord and are not granted here. */
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15);

interface About {
  token: string;
  url: () => string;
  ready: () => Record<string, unknown>;
  /** What follows READY: the servers one by one. */
  guilds: () => unknown[];
}

/** The gateway's half of a fake Discord, on the same server as its REST half. */
export function createGateway(server: Server, about: About): FakeGateway {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  let refusal: number | undefined;
  let born = 0;
  const counts = { identified: 0, resumed: 0, connected: () => sockets.clients.size };

  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (ws) => welcome(ws));
  });

  const send = (ws: WebSocket, op: number, d: unknown, more: { s?: number; t?: string } = {}) =>
    ws.send(JSON.stringify({ op, d, s: more.s ?? null, t: more.t ?? null }));

  function tell(session: Session, t: string, d: unknown): void {
    session.sequence += 1;
    const event = { s: session.sequence, t, d };
    session.events.push(event);
    if (session.socket) send(session.socket, 0, d, event);
  }

  function welcome(ws: WebSocket): void {
    send(ws, 10, { heartbeat_interval: HEARTBEAT_MS });
    ws.on('message', (text) => {
      const { op, d } = JSON.parse(String(text)) as { op: number; d: Record<string, unknown> };
      if (op === 1) send(ws, 11, null);
      else if (op === 2) identify(ws, d);
      else if (op === 6) resume(ws, d);
    });
    ws.on('close', () => {
      for (const session of sessions.values()) if (session.socket === ws) session.socket = undefined;
    });
  }

  function identify(ws: WebSocket, d: Record<string, unknown>): void {
    if (d.token !== about.token) {
      ws.close(4004, 'Authentication failed.');
      return;
    }
    if (refusal) {
      ws.close(refusal);
      return;
    }
    if (Number(d.intents) & PRIVILEGED) {
      ws.close(4014, 'Disallowed intent(s).');
      return;
    }
    counts.identified += 1;
    born += 1;
    const session: Session = { id: `session-${born}`, sequence: 0, intents: Number(d.intents), events: [], socket: ws };
    sessions.set(session.id, session);
    tell(session, 'READY', { ...about.ready(), session_id: session.id, resume_gateway_url: about.url() });
    for (const guild of about.guilds()) tell(session, 'GUILD_CREATE', guild);
  }

  function resume(ws: WebSocket, d: Record<string, unknown>): void {
    if (d.token !== about.token) {
      ws.close(4004, 'Authentication failed.');
      return;
    }
    const session = sessions.get(String(d.session_id));
    if (!session) {
      send(ws, 9, false);
      return;
    }
    counts.resumed += 1;
    session.socket = ws;
    for (const event of session.events.filter(({ s }) => s > Number(d.seq))) send(ws, 0, event.d, event);
    tell(session, 'RESUMED', {});
  }

  return {
    counts,
    dispatch(type, data, intent) {
      for (const session of sessions.values()) {
        if (intent === undefined || session.intents & intent) tell(session, type, data);
      }
    },
    drop(code, how = {}) {
      for (const ws of sockets.clients) ws.close(code);
      if (how.forget) sessions.clear();
    },
    refuse(code) {
      refusal = code;
    },
    close() {
      for (const ws of sockets.clients) ws.terminate();
      return new Promise((resolve) => {
        sockets.close(() => resolve());
      });
    },
  };
}
