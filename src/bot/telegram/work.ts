import { setTimeout as sleep } from 'node:timers/promises';
import { type ClaimedUpdate, claimUpdates, finishUpdate, returnUpdate } from '../../core/chats/inbox.ts';
import { as } from '../../core/context.ts';
import { isDatabaseAway } from '../../core/db.ts';
import { markUnreachable, meet } from '../../core/people/identity.ts';
import { type Answer, answer } from '../answer.ts';
import { createBell } from './bell.ts';
import { faultOf } from './fault.ts';
import { type Meaning, readUpdate } from './read.ts';
import { acknowledge, type Desk, retractMessage, showReply } from './show.ts';

/** How often the inbox is looked into when nothing rings: a webhook or a killed instance may have left something. */
const LOOK_EVERY_MS = 250;
const ATTEMPTS = 6;
const BACKOFF_MS = [1000, 4000, 15_000, 60_000, 180_000];
/** A button stops spinning after this long even when its answer is still to come. */
const PATIENCE_MS = 1500;
const KEPT_MOST = 1000;

export interface Worker {
  wake(): void;
  /** Lets what is running finish for `graceMs`, calls `abort` and gives the rest back to the inbox. */
  stop(graceMs: number, abort: () => void): Promise<void>;
}

/** Update → what there is to show, or that only the mark is missing. */
type Kept = Map<number, Answer | 'shown'>;

type Outcome = { kind: 'done'; error?: string } | { kind: 'again'; afterMs: number };

/**
 * Works off the inbox: the oldest update of up to `lanes` people at once.
 *
 * An update is answered, shown, then marked as done. When it cannot be shown now it goes back with a delay, and its
 * answer is kept here, so that only the showing is tried again. Killed in between, another instance does all of it
 * again: every effect of a command carries the update's key and happens once.
 */
export function startWorker(desk: Desk, lanes: number): Worker {
  const running = new Map<number, Promise<void>>();
  const kept: Kept = new Map();
  const bell = createBell();
  let stopping = false;

  const begin = (update: ClaimedUpdate) => {
    if (running.has(update.updateId)) return; // a claim that ran out while we are still at it
    const work = workOff(desk, kept, update, () => stopping).finally(() => {
      running.delete(update.updateId);
      bell.ring();
    });
    running.set(update.updateId, work);
  };

  const loop = async () => {
    while (!stopping) {
      const free = lanes - running.size;
      const claimed = free > 0 ? await claim(desk, free) : [];
      claimed.forEach(begin);
      if (claimed.length < free || free <= 0) await bell.wait(LOOK_EVERY_MS);
    }
  };
  const looping = loop();

  return {
    wake: bell.ring,
    async stop(graceMs, abort) {
      stopping = true;
      bell.ring();
      await looping;
      const all = Promise.all([...running.values()]);
      await Promise.race([all, sleep(graceMs, undefined, { ref: false })]);
      abort();
      await Promise.race([all, sleep(1000, undefined, { ref: false })]);
      for (const updateId of running.keys()) await returnUpdate(desk.ctx, desk.self.id, updateId, 0).catch(() => {});
    },
  };
}

async function claim(desk: Desk, limit: number): Promise<ClaimedUpdate[]> {
  try {
    return await claimUpdates(desk.ctx, desk.self.id, limit);
  } catch (error) {
    desk.ctx.log.error({ err: error }, 'telegram: the inbox cannot be read');
    await sleep(1000);
    return [];
  }
}

/** Never throws. */
async function workOff(desk: Desk, kept: Kept, update: ClaimedUpdate, stopping: () => boolean): Promise<void> {
  const { updateId, attempts } = update;
  let outcome = await attempt(desk, kept, update);
  if (outcome.kind === 'again' && attempts >= ATTEMPTS && !stopping()) {
    outcome = { kind: 'done', error: `gave up after ${attempts} attempts` };
    desk.ctx.log.error({ updateId, attempts }, 'telegram: an answer could not be shown');
  }
  if (outcome.kind === 'done') keep(kept, updateId, 'shown');
  // While the database is away nothing else can go on either.
  for (let tries = 0; tries < 20; tries++) {
    try {
      if (outcome.kind === 'done') await finishUpdate(desk.ctx, desk.self.id, updateId, outcome.error);
      else await returnUpdate(desk.ctx, desk.self.id, updateId, stopping() ? 0 : outcome.afterMs);
      if (outcome.kind === 'done') kept.delete(updateId);
      return;
    } catch (error) {
      desk.ctx.log.error({ err: error, updateId }, 'telegram: an update cannot be marked');
      if (stopping()) return;
      await sleep(500);
    }
  }
}

function keep(kept: Kept, updateId: number, what: Answer | 'shown'): void {
  kept.set(updateId, what);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MOST && oldest !== undefined) kept.delete(oldest);
}

async function attempt(desk: Desk, kept: Kept, update: ClaimedUpdate): Promise<Outcome> {
  const { updateId, attempts } = update;
  const before = kept.get(updateId);
  if (before === 'shown') return { kind: 'done' };
  if (attempts > ATTEMPTS) return { kind: 'done', error: 'left unfinished too often' };
  const meaning = readUpdate(desk.self, update.payload);
  let identityId: Answer['identity'];
  try {
    if (meaning.kind === 'presence') await notePresence(desk, meaning);
    if (meaning.kind === 'acknowledge') await acknowledge(desk, meaning.queryId, {});
    if (meaning.kind === 'ask') {
      const given = before ?? (await askPatiently(desk, meaning));
      keep(kept, updateId, given);
      identityId = given.identity;
      await show(desk, meaning, given);
    }
    return { kind: 'done' };
  } catch (error) {
    const isPrivate = meaning.kind === 'ask' && meaning.place.kind === 'private';
    return outcomeOf(desk, update, error, isPrivate ? identityId : undefined);
  }
}

type Ask = Extract<Meaning, { kind: 'ask' }>;

async function askPatiently(desk: Desk, { incoming, place }: Ask): Promise<Answer> {
  const { press } = place;
  const patience = press && setTimeout(() => void acknowledge(desk, press.queryId, {}), PATIENCE_MS);
  try {
    return await answer(desk.ctx, { ...incoming, retract: () => retractMessage(desk, place) });
  } finally {
    clearTimeout(patience);
  }
}

async function show(desk: Desk, { incoming, place }: Ask, given: Answer): Promise<void> {
  if ('form' in given) throw new Error('a form was answered to a chat that has none');
  const { language, identity, reply } = given;
  const target = { ...place, language, identityId: identity?.id, what: incoming.what, silent: false };
  await showReply(desk, target, reply);
}

async function notePresence(desk: Desk, { login, present }: Extract<Meaning, { kind: 'presence' }>): Promise<void> {
  const ctx = as(desk.ctx, { kind: 'chat', provider: 'telegram' });
  const { identity } = await meet(ctx, login);
  if (!present) await markUnreachable(ctx, identity.id);
}

async function outcomeOf(
  desk: Desk,
  { updateId, attempts }: ClaimedUpdate,
  error: unknown,
  identity: Answer['identity'],
): Promise<Outcome> {
  const { log } = desk.ctx;
  const backoffMs = BACKOFF_MS[attempts - 1] ?? 180_000;
  const fault = faultOf(error);
  if (!fault && isDatabaseAway(error)) return { kind: 'again', afterMs: backoffMs };
  if (!fault) {
    log.error({ err: error, updateId }, 'telegram: an update failed');
    return { kind: 'done', error: 'unexpected' };
  }
  if (fault.kind === 'limited') return { kind: 'again', afterMs: fault.retryAfterMs };
  if (fault.kind === 'away') {
    log.warn({ updateId, attempts, fault: fault.about }, 'telegram: trying again later');
    return { kind: 'again', afterMs: backoffMs };
  }
  if (fault.kind === 'blocked') {
    if (identity) await markUnreachable(desk.ctx, identity.id).catch(() => {});
    return { kind: 'done', error: fault.about };
  }
  log.error({ updateId, fault: fault.about }, 'telegram: an answer was refused');
  return { kind: 'done', error: fault.about };
}
