import { eq } from 'drizzle-orm';
import { generateSync } from 'otplib/functional';
import type { Role } from '../../src/core/access.ts';
import { as } from '../../src/core/context.ts';
import { acceptInvite, inviteOperator, offerFirstInvite } from '../../src/core/ops/invite.ts';
import { beginEnrolment, confirmEnrolment } from '../../src/core/ops/secondFactor.ts';
import { actorOf, type OpenSession, openSession } from '../../src/core/ops/session.ts';
import { operator } from '../../src/core/ops/tables.ts';
import type { World } from './world.ts';

export const PASSWORD = 'correct horse battery';
export const FROM = { address: '10.1.2.3', browser: 'Firefox' };

/** An operator of a test, signed in. `code()` is what their app shows; every call turns the clock to the next code. */
export interface TestOperator {
  id: string;
  email: string;
  token: string;
  recoveryCodes: string[];
  ctx: ReturnType<World['ctx']>;
  code(): string;
  open(): Promise<OpenSession | undefined>;
}

export const door = (world: World, address = FROM.address) => world.ctx({ kind: 'panel', address });

/** What somebody holds who has just used their link. */
export async function accept(world: World, token: string, email: string, name = 'Malee') {
  const input = { token, name, email, password: PASSWORD, language: 'en', from: FROM } as const;
  return acceptInvite(door(world), input);
}

/** An operator and the version of them that somebody sees who looks now. */
export async function seen(world: World, { id }: { id: string }) {
  const { db } = world.ctx({ kind: 'panel', address: FROM.address });
  const [row] = await db
    .select({ operatorId: operator.id, version: operator.version })
    .from(operator)
    .where(eq(operator.id, id));
  return row ?? { operatorId: id, version: 0 };
}

export async function firstOwner(world: World, email = 'owner@example.com'): Promise<TestOperator> {
  const link = await offerFirstInvite(world.ctx({ kind: 'job', name: 'start' }));
  if (!link) throw new Error('this world has an operator already');
  return enrolled(world, email, (await accept(world, link, email)).token);
}

export async function colleague(world: World, owner: TestOperator, role: Role, name = 'Malee'): Promise<TestOperator> {
  const email = `${role}-${Math.random().toString(36).slice(2)}@example.com`;
  const { token } = await inviteOperator(owner.ctx, { email, role });
  return enrolled(world, email, (await accept(world, token, email, name)).token);
}

async function enrolled(world: World, email: string, given: string): Promise<TestOperator> {
  const opened = await openSession(door(world), { token: given, isVisit: true });
  if (!opened) throw new Error('the session did not open');
  const ctx = as(world.ctx({ kind: 'panel', address: FROM.address }), actorOf(opened.operator));
  const { secret } = await beginEnrolment(ctx);
  const code = () => {
    world.clock.pass(30_000);
    return generateSync({ secret, epoch: Math.floor(world.clock.now().getTime() / 1000) });
  };
  const { token, recoveryCodes } = await confirmEnrolment(ctx, {
    sessionId: opened.session.id,
    code: code(),
    from: FROM,
  });
  const open = () => openSession(door(world), { token, isVisit: true });
  return { id: opened.operator.id, email, token, recoveryCodes, ctx, code, open };
}
