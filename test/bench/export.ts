import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib/functional';
import { connect } from '../../src/core/db.ts';
import { freePort, type Service, startService } from '../kill/service.ts';
import { manyTopups } from '../support/bulk.ts';
import { visitor } from '../support/panel.ts';
import { openDatabase } from './database.ts';
import { print, round } from './figures.ts';

const EMAIL = 'bench@example.com';
const PASSWORD = 'correct horse battery';
const FILES = {
  topups: '/admin/payments/export',
  received: '/admin/payments/received/export',
  transfers: '/admin/ledger/export',
  audit: '/admin/audit/export',
};

/**
 * Files of 100,000 rows from the real service: how many rows a second leave it, and by how much the memory of its process
 * grows meanwhile, for a reader that takes everything at once and for one that takes its time.
 */
export async function exporting({ quick }: { quick: boolean }): Promise<void> {
  const rows = quick ? 20_000 : 100_000;
  const database = await openDatabase('export');
  const pool = connect(database.url, { max: 1 });
  await manyTopups(pool.db, { count: rows, at: new Date(), name: 'สมศรี ใจดี' });
  await pool.close();
  await database.admin`vacuum analyze`;
  const env = {
    ROLES: 'web',
    DATABASE_URL: database.url,
    DATA_DIR: join(database.folder, 'service'),
    OPERATOR_EMAIL: EMAIL,
    OPERATOR_PASSWORD: PASSWORD,
  };
  const service = startService({ port: await freePort(), env, cwd: database.folder });
  try {
    await service.ready();
    const token = await enter(service);
    await take(service, token, `${FILES.topups}?format=xlsx&text=nobody`, 'fast'); // loads and compiles what is needed
    for (const [what, path] of Object.entries(FILES))
      for (const format of ['csv', 'xlsx'])
        for (const reader of what === 'topups' ? (['fast', 'slow'] as const) : (['fast'] as const)) {
          const measured = await take(service, token, `${path}?format=${format}`, reader);
          print({ what, format, reader, rows, ...measured, rowsPerSecond: round((1000 * rows) / measured.tookMs) });
        }
  } finally {
    await service.end('SIGTERM');
    await database.close();
  }
}

/** Signs in as the operator of the environment and sets up the second factor. */
async function enter({ url }: Service): Promise<string> {
  const browser = visitor(url);
  await browser.post('/admin/sign-in', { email: EMAIL, password: PASSWORD });
  const { text } = await browser.get('/admin/enrol');
  const secret = /<code>([A-Z2-7 ]{32,})<\/code>/.exec(text)?.[1]?.replaceAll(' ', '') ?? '';
  const { status } = await browser.send('/admin/enrol', '/admin/enrol', { code: generateSync({ secret }) });
  if (status !== 200) throw new Error(`the second factor was not set up: ${status}`);
  return browser.token;
}

type Reader = 'fast' | 'slow';

const REST_MS = 3_000;
/** A slow reader takes this much at a time and then rests. */
const SIP_BYTES = 256 * 1024;
const SIP_REST_MS = 50;

/** One file, with the memory of the process looked at every 20 ms. */
async function take(service: Service, token: string, path: string, reader: Reader) {
  await sleep(REST_MS);
  const restMib = memoryMib(service);
  let mostMib = restMib;
  const watch = setInterval(() => {
    mostMib = Math.max(mostMib, memoryMib(service));
  }, 20);
  const beganMs = performance.now();
  const bytes = await read(service.url + path, token, reader);
  const tookMs = performance.now() - beganMs;
  clearInterval(watch);
  return {
    tookMs: round(tookMs),
    mib: round(bytes / 2 ** 20, 1),
    restMib: round(restMib),
    growthMib: round(mostMib - restMib),
  };
}

async function read(url: string, token: string, reader: Reader): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { cookie: `panel=${token}` }, agent: false }, resolve).on('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`an export was refused: ${response.statusCode}`);
  let bytes = 0;
  let sip = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    sip += part.length;
    if (reader === 'fast' || sip < SIP_BYTES) continue;
    sip = 0;
    await sleep(SIP_REST_MS);
  }
  return bytes;
}

/** What the process of the service holds (Linux). */
const memoryMib = ({ pid }: Service) =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
