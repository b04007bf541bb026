import { createServer } from 'node:http';
import { systemClock } from '../../src/core/clock.ts';
import { connect, pingDatabase } from '../../src/core/db.ts';
import { idMaker } from '../../src/core/id.ts';
import { recordGatewayEvent } from '../../src/core/money/settle.ts';
import { hookGateway } from '../../src/drivers/gateways/hook.ts';

/**
 * A receiver as it must not be: the same gateway and the same core as ours, but it answers 200 first and commits
 * afterwards. Killed in between it has promised what nobody knows of. The kill test has to notice.
 */
const { DATABASE_URL = '', PORT = '0', PROMPTPAY_WEBHOOK_SECRET = '' } = process.env;
const { db } = connect(DATABASE_URL);
const gateway = hookGateway({ payee: null, secrets: [PROMPTPAY_WEBHOOK_SECRET] });
const log = { debug() {}, info() {}, warn() {}, error() {} };
const newId = idMaker(() => systemClock.now());
const onCredit = async () => undefined;
const ctx = { db, clock: systemClock, newId, log, actor: { kind: 'gateway', provider: 'hook' }, onCredit } as const;

const server = createServer(async (request, response) => {
  if (request.url === '/health') {
    await pingDatabase(db);
    response.end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = new Headers(request.headers as Record<string, string>); // a webhook repeats no header
  const result = gateway.authenticate({ headers, rawBody: Buffer.concat(chunks), now: systemClock.now() });
  response.writeHead(result.ok ? 200 : 401).end();
  if (result.ok) await recordGatewayEvent(ctx, 'hook', result.event).catch(() => {});
});
server.listen(Number(PORT), '127.0.0.1');
