import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import type { Actor } from '../../src/core/access.ts';
import { connect, type Database } from '../../src/core/db.ts';
import { describeError, Refusal, type RefusalCode } from '../../src/core/error.ts';
import { idMaker } from '../../src/core/id.ts';
import type { CreditContext } from '../../src/core/money/credit.ts';
import type { Gateways } from '../../src/core/money/gateway.ts';
import { recordGatewayEvent } from '../../src/core/money/settle.ts';
import { renewAfterCredit } from '../../src/core/rental/afterCredit.ts';
import { changeNextPlan, setAutoRenew, upgradeContract } from '../../src/core/rental/change.ts';
import { redeemCoupon } from '../../src/core/rental/coupon.ts';
import { issueDocuments } from '../../src/core/rental/issue.ts';
import * as operate from '../../src/core/rental/operate.ts';
import { renewContract, startContract } from '../../src/core/rental/rent.ts';
import { openRentTopup } from '../../src/core/rental/rentTopup.ts';
import { tellHolders } from '../../src/core/rental/reprice.ts';
import { sweepContracts } from '../../src/core/rental/sweep.ts';
import { startTrial } from '../../src/core/rental/trial.ts';
import type { RentalContext } from '../../src/core/rental/write.ts';
import { hookGateway } from '../../src/drivers/gateways/hook.ts';

/**
 * Renting as a process of its own, which does what it is told by messages, at the moment that the message names, and
 * dies by SIGKILL when a message says so: with its n-th word to the database, before that is sent or when it has been
 * sent and the answer is still to come. Nothing of it is left but what the database has.
 */

type ChildContext = RentalContext & CreditContext & { gateways: Gateways };

export const deeds = {
  sweep: (ctx: ChildContext, _: null) => sweepContracts(ctx),
  tellHolders: (ctx: ChildContext, _: null) => tellHolders(ctx),
  start: startContract,
  trial: startTrial,
  renew: renewContract,
  upgrade: upgradeContract,
  choose: changeNextPlan,
  auto: setAutoRenew,
  redeem: redeemCoupon,
  extend: operate.extendContract,
  pause: operate.pauseContract,
  resume: operate.resumeContract,
  ending: operate.setCancelAtEnd,
  refund: operate.refundContract,
  rentTopup: openRentTopup,
  pay: (ctx: ChildContext, event: Parameters<typeof recordGatewayEvent>[2]) => recordGatewayEvent(ctx, 'hook', event),
} as const;

export type Deeds = typeof deeds;

export interface Call {
  call: number;
  url: string;
  does: keyof Deeds;
  actor: Actor;
  input: unknown;
  atMs: number;
  dies?: Death | undefined;
}

/** With which word to the database, and whether that is still sent. */
export interface Death {
  word: number;
  isSent: boolean;
}

/** `errors` is what was logged as an error on the way: the answer may be none of it. */
export type Answer = { call: number; errors: string[] } & (
  | { result: unknown }
  | { refused: RefusalCode }
  | { failed: string }
);

const { APPLICATION_NAME = '' } = process.env;
let database: { url: string; pool: Database } | undefined;

/** One test's database after the other: to start costs more than to connect. */
function databaseOf(url: string): Database['db'] {
  if (database?.url === url) return database.pool.db;
  void database?.pool.close();
  database = { url, pool: connect(url, { max: 10, applicationName: APPLICATION_NAME }) };
  return database.pool.db;
}

// By the real clock: ids of one life come after those of the life before, whatever moment is played.
const newId = idMaker(() => new Date());
const gateway = hookGateway({ payee: { kind: 'phone', id: '0812345678' }, secrets: ['a-secret-that-nobody-uses'] });
const gateways = { current: gateway, byProvider: () => gateway };
const onCredit = renewAfterCredit(issueDocuments);

let words = 0;
let death: Death | undefined;
const die = () => process.kill(process.pid, 'SIGKILL');
const write = Socket.prototype.write;
/** Every word to the database goes through here; standard output is no network socket. */
function fatal(this: Socket, ...args: Parameters<typeof write>): boolean {
  const isLast = this.remotePort !== undefined && ++words === death?.word;
  if (isLast && !death?.isSent) die();
  const isFlushed = write.apply(this, args);
  if (isLast) die();
  return isFlushed;
}
Socket.prototype.write = fatal as typeof write; // it has more shapes than one signature can say

async function carryOut({ call, url, does, actor, input, atMs }: Call): Promise<Answer> {
  const now = () => new Date(atMs);
  const db = databaseOf(url);
  const errors: string[] = [];
  const error = (fields: { err?: unknown }, message: string) => {
    errors.push(`${message}: ${JSON.stringify(describeError(fields.err))}`);
  };
  const log = { debug() {}, info() {}, warn() {}, error };
  const ctx: ChildContext = { db, clock: { now }, newId, log, actor, issueDocuments, onCredit, gateways };
  const deed = deeds[does] as (ctx: ChildContext, input: unknown) => Promise<unknown>; // the sender's types hold them together
  try {
    return { call, result: await deed(ctx, input), errors };
  } catch (error) {
    if (error instanceof Refusal) return { call, refused: error.code, errors };
    return { call, failed: JSON.stringify(describeError(error)), errors };
  }
}

process.on('message', async (call: Call) => {
  if (call.dies) [words, death] = [0, call.dies];
  const answer = await carryOut(call);
  death = undefined; // it was quicker than its death
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
flushCompileCache(); // who is killed keeps nothing back for the next one
