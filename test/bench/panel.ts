import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { generateSync } from 'otplib/functional';
import { createPanel } from '../../src/admin/panel.ts';
import type { PanelContext } from '../../src/admin/visit.ts';
import type { Actor } from '../../src/core/access.ts';
import { sealAudit, verifyAudit } from '../../src/core/audit.ts';
import { systemClock } from '../../src/core/clock.ts';
import { as } from '../../src/core/context.ts';
import { connect } from '../../src/core/db.ts';
import { idMaker } from '../../src/core/id.ts';
import { findDifferences } from '../../src/core/money/reconcile.ts';
import { acceptInvite, offerFirstInvite } from '../../src/core/ops/invite.ts';
import type { JobDesk } from '../../src/core/ops/jobDesk.ts';
import { beginEnrolment, confirmEnrolment, type OpsContext } from '../../src/core/ops/secondFactor.ts';
import { actorOf, openSession } from '../../src/core/ops/session.ts';
import { createVault } from '../../src/core/vault.ts';
import { startDesk } from '../../src/jobs/desk.ts';
import { jobs } from '../../src/jobs/list.ts';
import { seedBusiness } from './business.ts';
import { openDatabase } from './database.ts';
import { seedQueue } from './desk.ts';
import { print, quantile, round } from './figures.ts';
import { pagesOf } from './panelPages.ts';

const AIM_MS = 100;
const RECONCILE_AIM_SECONDS = 5;
const ASKED = 30;

/** Every list of the panel over a business of 100,000 people and 1,000,000 transfers, as a browser asks for it. */
export async function panel({ quick }: { quick: boolean }): Promise<void> {
  const size = quick
    ? { people: 2_000, topups: 8_000, transfers: 20_000 }
    : { people: 100_000, topups: 400_000, transfers: 1_000_000 };
  const database = await openDatabase('panel');
  const { db, close } = connect(database.url);
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: console.error };
  const vault = createVault([{ id: 'bench', key: Buffer.alloc(32, 1) }]);
  const gateways = { current: { provider: 'hook' }, byProvider: () => undefined };
  const newId = idMaker(() => systemClock.now());
  const ctx = (actor: Actor): OpsContext =>
    ({ db, clock: systemClock, newId, log, actor, vault, gateways }) as OpsContext; // no page of a list asks a gateway
  try {
    const beganMs = performance.now();
    await seedBusiness(database.admin, size);
    print({ ...size, seededSeconds: round((performance.now() - beganMs) / 1000) });
    const cookie = await signIn(ctx);
    const paths = await pagesOf(database.admin);
    const { desk, stop } = await startDesk(ctx({ kind: 'job', name: 'desk' }), database.url, jobs);
    try {
      await seedQueue(database.admin, quick ? 1_000 : 10_000);
      await askAll(ctx, cookie, paths, desk);
    } finally {
      await stop();
    }
    await reconcileAll(ctx({ kind: 'job', name: 'bench' }), size.transfers);
  } finally {
    await close();
    await database.close();
  }
}

/** What the nightly job does, its two halves apart: the audit chain, then all of it. */
async function reconcileAll(ctx: OpsContext, transfers: number): Promise<void> {
  const timed = async <T>(run: () => Promise<T>) => {
    const beganMs = performance.now();
    const result = await run();
    return { result, seconds: round((performance.now() - beganMs) / 1000, 1) };
  };
  const { result: sealed, seconds: sealSeconds } = await timed(() => sealAudit(ctx));
  const { seconds: verifySeconds } = await timed(() => verifyAudit(ctx));
  const { result: found, seconds: reconcileSeconds } = await timed(() => findDifferences(ctx));
  print({ ...sealed, sealSeconds, verifySeconds });
  print({
    transfers,
    reconcileSeconds,
    ofWhichAuditSeconds: verifySeconds,
    aimSeconds: RECONCILE_AIM_SECONDS,
    differences: found.differences.length,
    first: found.differences[0] ?? null,
  });
}

type Ctx = (actor: Actor) => OpsContext;
const FROM = { address: '127.0.0.1', browser: 'bench' };

/** An owner with a second factor; answers with the cookie of the session. */
async function signIn(ctx: Ctx): Promise<string> {
  const door = ctx({ kind: 'panel', address: FROM.address });
  const link = (await offerFirstInvite(ctx({ kind: 'job', name: 'bench' }))) ?? '';
  const who = { name: 'Bench', email: 'bench@example.com', password: 'a long pass phrase', language: 'th' } as const;
  const { token } = await acceptInvite(door, { token: link, ...who, from: FROM });
  const opened = await openSession(door, { token, isVisit: true });
  if (!opened) throw new Error('the session did not open');
  const owner = as(door, actorOf(opened.operator));
  const { secret } = await beginEnrolment(owner);
  const code = generateSync({ secret, epoch: Math.floor(Date.now() / 1000) });
  const enrolled = await confirmEnrolment(owner, { sessionId: opened.session.id, code, from: FROM });
  return `panel=${enrolled.token}`;
}

async function askAll(ctx: Ctx, cookie: string, paths: readonly string[], desk: JobDesk): Promise<void> {
  // No page that is read asks the other ports that a whole service has.
  const app = createPanel({ ...ctx({ kind: 'job', name: 'panel' }), desk } as PanelContext, {
    secure: false,
    url: () => '',
    lights: [],
    gatewayConfigured: true,
    closing: new AbortController().signal,
  });
  let origin = '';
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, (at: AddressInfo) => {
      origin = `http://127.0.0.1:${at.port}`;
      resolve(started);
    });
  });
  const slow: string[] = [];
  for (const path of paths) {
    const latenciesMs: number[] = [];
    let status = 0;
    for (let n = 0; n < ASKED; n++) {
      const beganMs = performance.now();
      const response = await fetch(origin + path, { headers: { cookie }, redirect: 'manual' });
      await response.arrayBuffer();
      status = response.status;
      latenciesMs.push(performance.now() - beganMs);
    }
    const worstMs = Math.max(...latenciesMs.slice(1));
    if (status !== 200 || worstMs > AIM_MS) slow.push(path);
    const [firstMs = 0] = latenciesMs;
    print({
      path: decodeURIComponent(path),
      status,
      firstMs: round(firstMs, 1),
      p50Ms: round(quantile(latenciesMs, 0.5), 1),
      mostMs: round(worstMs, 1),
    });
  }
  print({ pages: paths.length, aimMs: AIM_MS, above: slow.map((path) => decodeURIComponent(path)) });
  await new Promise((resolve) => server.close(resolve));
}
