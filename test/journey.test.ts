import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { readPromptPay } from '../src/core/money/promptpay.ts';
import { type FakeDiscord, startDiscord } from './support/discord.ts';
import { textOf } from './support/discordChats.ts';
import { eventually } from './support/eventually.ts';
import { type FakeTelegram, startTelegram } from './support/telegram.ts';

/** The whole way with the real program: chats on loopback, a bank over HTTP, one database, one process. */

let telegram: FakeTelegram;
let discord: FakeDiscord;
let service: ChildProcess;
let url = '';
let dataDir = '';
let database = '';
const output: string[] = [];
const SECRET = 'journey-webhook-secret-4711';

beforeAll(async () => {
  [telegram, discord] = await Promise.all([startTelegram(), startDiscord()]);
  dataDir = await mkdtemp(join(tmpdir(), 'abtpro-journey-'));
  database = `journey_${process.pid}`;
  const admin = postgres(inject('postgresUrl'), { max: 1 });
  await admin.unsafe(`create database ${database}`);
  await admin.end();
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  await prepareZXingModule({
    overrides: { wasmBinary: (await readFile(wasm)).buffer as ArrayBuffer },
    fireImmediately: true,
  });
  service = spawn(process.execPath, ['src/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: Object.assign(new URL(inject('postgresUrl')), { pathname: `/${database}` }).href,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'trace',
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      DISCORD_BOT_TOKEN: discord.token,
      DISCORD_API_ROOT: discord.apiRoot,
      PROMPTPAY_WEBHOOK_SECRET: SECRET,
    },
  });
  for (const stream of [service.stdout, service.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => output.push(line));
  }
  await eventually(() => output.some((line) => line.includes('"started"')));
  url = output.join('\n').match(/http:\/\/127\.0\.0\.1:\d+/)?.[0] ?? '';
});

afterAll(async () => {
  const gone = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGTERM');
  await gone;
  await Promise.all([telegram.close(), discord.stop()]);
  await rm(dataDir, { recursive: true, force: true });
});

/** Presses a button of the sandbox bank for the top-up with this reference. */
async function bank(action: string, reference: string): Promise<void> {
  const page = await (await fetch(`${url}/sandbox/bank?lang=en`)).text();
  const card = page.split('<li>').find((part) => part.includes(reference)) ?? '';
  const press = new RegExp(`value="(${action}:[^"]+)"`).exec(card)?.[1] ?? '';
  const response = await fetch(`${url}/sandbox/bank?lang=en`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ press }),
    redirect: 'manual',
  });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toMatch(/answered=200( 200|%20200)?$/);
}

const reference = (text: string) => /TU[0-9A-HJKMNP-TV-Z]{10}/.exec(text)?.[0] ?? '';

async function qrFields(png: Uint8Array) {
  const [code] = await readBarcodes(new Blob([Buffer.from(png)]), { formats: ['QRCode'] });
  return readPromptPay(code?.text ?? '');
}

test('a trader tops up from Telegram: QR, payment at the bank, wallet, receipt', async () => {
  const trader = telegram.person(101, { name: 'สมศรี', language: 'th' });
  trader.says('/topup ๕๐๐');
  const qr = await trader.waitsFor((message) => message.file?.as === 'photo');
  expect(qr.caption).toContain('฿500.00');
  const ref = reference(qr.caption ?? '');
  expect(await qrFields(qr.file?.bytes ?? Buffer.alloc(0))).toMatchObject({ amountSatang: 500_00n });
  await bank('pay', ref);
  const told = await trader.waitsFor((message) => message.text?.includes(`เงิน ฿500.00 เข้ากระเป๋าของคุณแล้ว`) ?? false);
  expect(told.text).toContain(ref);
  await eventually(() => !trader.sees().some((message) => message.file?.as === 'photo')); // nothing left to pay twice
  trader.presses('🧾 ใบเสร็จ');
  const receipt = await trader.waitsFor((message) => message.file?.as === 'document');
  expect(receipt.file?.bytes.toString()).toContain('ใบเสร็จรับเงิน');
  trader.says('/wallet');
  await trader.waitsFor((message) => message.text?.includes('ยอดคงเหลือ: ฿500.00') ?? false);
});

test('a Discord member tops up in a server, seen by nobody else, and joins the Telegram account', async () => {
  const [member, onlooker] = [
    discord.person('900000000000000001', { name: 'Mali', locale: 'en-GB' }),
    discord.person('900000000000000002'),
  ];
  const form = await member.command('topup');
  expect(form.modal).toBeDefined();
  const turn = await member.submits({ amount: '1,500.50' });
  const text = turn.message ? textOf(turn.message) : '';
  expect(text).toContain('฿1,500.50');
  expect(onlooker.sees()).toEqual([]);
  await bank('pay', reference(text));
  await eventually(() => member.sees('dm').some((message) => textOf(message).includes('฿1,500.50 has arrived')));

  const trader = telegram.person(101, { name: 'สมศรี', language: 'th' });
  trader.says('/link');
  const shown = await trader.waitsFor((message) => /\/link [0-9A-Z]{8}/.test(message.text ?? ''));
  const code = /\/link ([0-9A-Z]{8})/.exec(shown.text ?? '')?.[1] ?? '';
  await member.command('link', { code });
  await member.presses('Yes, join them');
  await trader.waitsFor((message) => message.text?.includes('ขอรวมบัญชี') ?? false);
  trader.presses('ใช่ รวมบัญชี');
  await trader.waitsFor((message) => message.text?.includes('รวมเป็นบัญชีเดียวแล้ว') ?? false);
  const wallet = await member.command('wallet');
  expect(wallet.message ? textOf(wallet.message) : '').toContain('฿2,000.50');
});

test('the bank pays less, twice, late, fails and takes back: each ends as it should', async () => {
  const trader = telegram.person(202, { name: 'Nok', language: 'en' });
  const known = new Set<string>();
  const open = async (amount: string) => {
    trader.says(`/topup ${amount}`);
    const shown = await trader.waitsFor((message) => !['', ...known].includes(reference(message.caption ?? '')));
    known.add(reference(shown.caption ?? ''));
    return reference(shown.caption ?? '');
  };
  await bank('less', await open('100'));
  await trader.waitsFor((message) => message.text?.includes('฿99.00 arrived') ?? false);
  const twice = await open('200');
  await bank('twice', twice);
  await trader.waitsFor((message) => message.text?.includes('฿200.00 has arrived') ?? false);
  await bank('late', await open('300'));
  await trader.waitsFor((message) => message.text?.includes('฿300.00 arrived for top-up') ?? false);
  await bank('fail', await open('400'));
  await trader.waitsFor((message) => message.text?.includes('failed at the bank') ?? false);
  await bank('refund', twice);
  await trader.waitsFor((message) => message.text?.includes('was refunded') ?? false);
  trader.says('/wallet');
  await trader.waitsFor((message) => message.text?.includes('Balance: ฿300.00') ?? false);
  const page = await (await fetch(`${url}/sandbox/bank?lang=en`)).text();
  expect(page).toContain('underpaid');
});

test('the log of all this holds no token, secret, signature or QR payload', () => {
  const log = output.join('\n');
  expect(log.length).toBeGreaterThan(500);
  for (const secret of [
    telegram.token,
    discord.token,
    SECRET,
    telegram.token.split(':')[1] ?? '-',
    'v1=',
    'A000000677010111',
    new URL(inject('postgresUrl')).password,
  ]) {
    expect(log).not.toContain(secret);
  }
});
