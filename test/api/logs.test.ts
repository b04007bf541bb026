import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from '../../src/bot/answer.ts';
import type { BotContext } from '../../src/bot/command.ts';
import type { PaymentGateway } from '../../src/core/money/gateway.ts';
import { topup } from '../../src/core/money/tables.ts';
import { deliverNotices } from '../../src/core/notices/notice.ts';
import { jobs } from '../../src/jobs/list.ts';
import { runJob } from '../../src/jobs/queue.ts';
import { chatter } from '../support/chat.ts';
import { expectClean, job, operator } from '../support/money.ts';
import { eventBody, type Hook, startHook } from '../support/webhook.ts';
import { createWorld, testCourier, WEBHOOK_SECRET, type World, webhook } from '../support/world.ts';

let world: World;
let hook: Hook;
beforeAll(async () => {
  world = await createWorld();
  hook = await startHook(world);
});
afterAll(async () => {
  await expectClean(world);
  await hook.close();
  await world.close();
});

test('a whole run leaves no secret, signature, link code or QR payload in the log', async () => {
  const hidden: string[] = [
    WEBHOOK_SECRET,
    Buffer.alloc(32, 7).toString('base64'),
    Buffer.alloc(32, 7).toString('hex'),
  ];
  const courier = testCourier();
  world.couriers.set('local', courier);
  const me = chatter(world);
  await me.types('/start');
  const shown = await me.types('/topup 500');
  const reference = shown.facts?.find((f) => f.code)?.value ?? '';
  const code = (await me.types('/link')).facts?.find((f) => f.code)?.value ?? '';
  const other = chatter(world);
  await other.types(`/link ${code}`);
  await other.types('/link WRONGONE');
  for (const command of ['/wallet', '/transactions', '/settings', '/topup 1', '/topup x', '/nonsense'])
    await me.types(command);
  hidden.push(code);

  const body = eventBody(reference, 500_00n);
  const send = async (given: object, secret?: string) => {
    const signed = webhook(world.clock.now(), { ...given }, secret);
    hidden.push(/v1=(.*)/.exec(signed.headers['x-webhook-signature'] ?? '')?.[1] ?? 'none');
    return (await hook.post(signed.body, signed.headers)).status;
  };
  expect(await send(body)).toBe(200);
  expect(await send(body)).toBe(200);
  expect(await send(body, 'another-secret')).toBe(401);
  expect(await send({ ...body, amount: 5 })).toBe(422);
  expect(await send(eventBody('TUNOBODY', 1_00n))).toBe(200);
  courier.answer = () => Promise.reject(new Error('the chat is away'));
  await deliverNotices(world.ctx(job));
  for (const each of jobs) await runJob(world.ctx(job), each);

  for (const row of await world.ctx(operator).db.select().from(topup)) {
    const payload = row.qrPayload ?? 'none';
    hidden.push(payload, payload.slice(10, 60));
  }
  const log = world.log.lines.join('\n');
  expect(world.log.lines.length).toBeGreaterThan(4);
  expect(hidden.length).toBeGreaterThan(10);
  for (const secret of hidden) expect(log).not.toContain(secret);
  expect(log).not.toMatch(/[0-9a-f]{64}/);
});

test('a database that fails while a QR is being stored puts neither the QR nor what was sent into the log', async () => {
  const given = world.ctx(job);
  const { gateway } = world;
  let payload = '';
  const spying: PaymentGateway = {
    ...gateway,
    createCharge: async (...args) => {
      const charge = await gateway.createCharge(...args);
      payload = 'payload' in charge.qr ? charge.qr.payload : '';
      // What no text column takes: the update that stores it fails with the payload among its values.
      return { ...charge, qr: { payload: `${payload}\0` } };
    },
  };
  const ctx: BotContext = { ...given, gateways: { current: spying, byProvider: () => spying } };
  const said = await answer(ctx, {
    key: 'a-message-that-fails',
    login: { provider: 'local', subject: 'unlucky', displayName: 'Somying' },
    place: 'private',
    forms: false,
    what: { kind: 'command', name: 'topup', text: '500' },
  });
  expect('reply' in said && JSON.stringify(said.reply.say)).toContain('error.unexpected');
  expect(payload).not.toBe('');
  expect(world.log.lines.at(-1)).toContain('a command failed');
  expect(world.log.lines.join('\n')).not.toContain(payload);
});
