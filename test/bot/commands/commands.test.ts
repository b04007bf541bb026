import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { adjustWallet } from '../../../src/core/money/byHand.ts';
import { receiptIssuer, receiptTexts } from '../../../src/core/money/settings.ts';
import { expireTopups } from '../../../src/core/money/topup.ts';
import { identity } from '../../../src/core/people/tables.ts';
import { writeSetting } from '../../../src/core/setting.ts';
import { translate } from '../../../src/core/text/text.ts';
import { type Chatter, chatter, type Shown } from '../../support/chat.ts';
import { expectClean, job, operator, record, walletOf } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
let me: Chatter;
let userId: UserId;
let people = 0;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  people += 1;
  me = chatter(world, { subject: `me-${people}` });
  await me.types('/menu');
  const [row] = await world
    .ctx(job)
    .db.select()
    .from(identity)
    .where(eq(identity.subject, `me-${people}`));
  if (!row) throw new Error('met a moment ago');
  userId = row.userId;
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const en = (key: string, params = {}) => translate('en', key, params);
const th = (key: string, params = {}) => translate('th', key, params);
const data = (shown: Shown) => shown.buttons?.flat().map((b) => b.data) ?? [];
const press = (shown: Shown, label: string) => {
  const button = shown.buttons?.flat().find((b) => b.label === label);
  if (!button) throw new Error(`no button "${label}" among ${data(shown)}`);
  const [does = '', on] = button.data.split('|');
  return me.presses(does, on);
};
const reference = (shown: Shown) => shown.facts?.find((f) => f.code)?.value ?? '';
const payFor = (shown: Shown, amountSatang: bigint, more = {}) =>
  record(world, paid(reference(shown), amountSatang, { paidAt: world.clock.now(), ...more }));

describe('/topup', () => {
  test('shows a QR, and its buttons tell how it stands until it is paid', async () => {
    const shown = await me.types('/topup 500');
    expect(shown.reply.screen).toMatch(/^topup:top_/);
    expect((await press(shown, en('button.check'))).toast).toContain('No payment yet');
    await payFor(shown, 500_00n);
    const paidNow = await press(shown, en('button.check'));
    expect(paidNow.text).toContain('is paid and in your wallet');
    expect(paidNow.reply.retire).toBe(shown.reply.screen);
    expect((await press(shown, en('button.cancel'))).text).toContain('is paid already');
    const receipt = await press(paidNow, en('button.receipt'));
    expect(receipt.file?.name).toBe(`receipt-${reference(shown)}-500.00.html`);
  });

  test('cancelled twice is cancelled, and its QR is taken away', async () => {
    const shown = await me.types('/topup 500');
    for (let n = 0; n < 2; n++) {
      const gone = await press(shown, en('button.cancel'));
      expect(gone.text).toContain('is cancelled');
      expect(gone.reply.retire).toBe(shown.reply.screen);
    }
  });

  test('a fourth one is refused with a way to the three that wait', async () => {
    for (let n = 0; n < 3; n++) await me.types('/topup 100');
    const refused = await me.types('/topup 100');
    expect(refused.text).toBe(en('error.topup.too_many_pending', { most: 3 }));
    const waiting = await press(refused, en('button.pending_topups'));
    expect(waiting.buttons).toHaveLength(4);
    const [does = '', on] = data(waiting)[0]?.split('|') ?? [];
    expect((await me.presses(does, on)).picture).toBeDefined();
    world.clock.pass(minutes(16));
    expect((await me.presses('topups')).text).toBe(en('topup.none_pending'));
    await expireTopups(world.ctx(job));
    expect((await me.presses(does, on)).text).toContain('has expired');
  });

  test('has no receipt before it is paid: topup.not_settled', async () => {
    const shown = await me.types('/topup 500');
    const [, on] = data(shown)[0]?.split('|') ?? [];
    expect((await me.presses('receipt', on)).text).toBe(en('error.topup.not_settled'));
  });
});

test('/wallet shows what is there, what is owed and what waits', async () => {
  const shown = await me.types('/topup 500');
  await payFor(shown, 500_00n, { chargeId: 'chg_wallet' });
  await me.types('/topup 100');
  expect((await me.types('/wallet')).text).toBe('Wallet\nBalance: ฿500.00\nWaiting top-ups: 1');
  await adjustWallet(world.ctx(operator), { userId, amountSatang: -400_00n, reason: 'x', requestKey: 'wallet' });
  await payFor(shown, 500_00n, { chargeId: 'chg_wallet', status: 'refunded' });
  const owing = await me.types('/wallet');
  expect(owing.text).toContain('Balance: ฿0.00');
  expect(owing.text).toContain('You owe: ฿400.00');
  expect((await me.types('/menu')).text).toContain('You owe: ฿400.00');
});

test('/language changes the language of everything after it', async () => {
  const asked = await me.types('/language');
  expect(asked.buttons?.[0]?.map((b) => b.label)).toEqual(['ไทย', 'English']);
  expect((await press(asked, 'ไทย')).text).toBe(th('language.set'));
  expect((await me.types('/wallet')).title).toBe(th('wallet.title'));
  expect((await me.types('/language อังกฤษ')).text).toBe(en('language.set'));
  expect((await me.types('/language ENGLISH')).text).toBe(en('language.set'));
});

describe('/settings', () => {
  test('turns notices off and on, and pressing twice is pressing once', async () => {
    const shown = await me.types('/settings');
    for (let n = 0; n < 2; n++) {
      const off = await press(shown, en('settings.turn_off_payments'));
      expect(off.text).toContain('Payment notices: Off');
    }
    const off = await me.types('/settings');
    expect((await press(off, en('settings.turn_on_payments'))).text).toContain('Payment notices: On');
  });

  test('sets and lifts quiet hours', async () => {
    await me.presses('settings.quiet');
    await me.says('22:00');
    const set = await me.says('7:00');
    expect(set.text).toContain('Quiet hours: 22:00–07:00');
    expect((await press(set, en('button.quiet_off'))).text).toContain('Quiet hours: None');
  });
});

describe('/link', () => {
  test('from code to joined, in two chats, each shown what it means', async () => {
    const shown = await me.types('/topup 500');
    await payFor(shown, 500_00n);
    const code = reference(await me.types('/link'));
    const other = chatter(world, { provider: 'discord', displayName: '<b>Somchai</b>' });
    const preview = await other.types(`/link ${code}`);
    expect(preview.text).toContain('Join these accounts?');
    expect(preview.text).toContain('Its chats: Local chat');
    expect(preview.text).not.toContain('500.00'); // the other side's money is none of their business yet
    const [does = '', on] = data(preview)[0]?.split('|') ?? [];
    expect((await other.presses(does, on)).text).toBe(en('link.waiting_for_other')); // there is money behind the code
    expect((await me.presses(does, on)).text).toBe(en('link.joined'));
    expect((await other.types('/wallet')).text).toContain('฿500.00');
    expect((await me.types('/settings')).text).toMatch(/Connected chats: .*Discord/);
  });

  test('a no leaves both as they were: link.closed', async () => {
    const code = reference(await me.types('/link'));
    const other = chatter(world);
    const [, on] = data(await other.types(`/link ${code}`))[0]?.split('|') ?? [];
    expect((await other.presses('link.refuse', on)).text).toBe(en('link.refused'));
    expect((await other.presses('link.agree', on)).text).toBe(en('error.link.closed'));
    expect((await me.presses('link.agree', on)).text).toBe(en('error.link.closed'));
  });
});

describe('/transactions', () => {
  async function history() {
    for (let n = 1; n <= 10; n++) {
      world.clock.pass(minutes(2));
      await payFor(await me.types(`/topup ${n * 100}`), BigInt(n) * 100_00n);
    }
    await adjustWallet(world.ctx(operator), { userId, amountSatang: -50_00n, reason: 'x', requestKey: `tx-${userId}` });
    const gone = await me.types('/topup 77');
    await press(gone, en('button.cancel'));
    world.clock.pass(minutes(1));
    await me.types('/topup 88');
  }

  test('pages through, eight at a time, newest first', async () => {
    expect((await me.types('/transactions')).text).toContain(en('tx.none'));
    await history();
    const first = await me.types('/transactions');
    expect(first.lines).toHaveLength(9);
    expect(first.lines?.at(-1)).toBe('Page 1 of 2 · 13 in all');
    expect(first.lines?.[0]).toContain('฿88.00, waiting for payment');
    const second = await press(first, en('button.next'));
    expect(second.lines?.at(-1)).toBe('Page 2 of 2 · 13 in all');
    expect(data(second).some((d) => d.startsWith('tx|'))).toBe(true);
    expect((await press(second, en('button.previous'))).lines).toEqual(first.lines);
    expect((await me.presses('tx', 'n=999')).lines?.at(-1)).toBe('Page 2 of 2 · 13 in all');
  });

  test('filters by kind, status and days, typed or pressed', async () => {
    await history();
    expect((await me.types('/transactions adjust')).lines).toHaveLength(3);
    expect((await me.types('/transactions topup waiting')).text).toContain('฿88.00');
    expect((await me.types('/transactions topup ended')).text).toContain('฿77.00');
    const today = new Date(world.clock.now().getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
    expect((await me.types(`/transactions topup done ${today} ${today}`)).text).toContain('10 in all');
    expect((await me.types('/transactions topup done 2020-01-01 2020-12-31')).text).toContain(en('tx.none_match'));
    const filter = await press(await me.types('/transactions'), en('button.filter'));
    expect((await press(filter, en('tx.kind_adjust'))).text).toContain('1 in all');
    expect((await press(filter, en('tx.today'))).text).toMatch(/in all/);
    expect((await press(filter, en('button.all'))).text).toContain('13 in all');
    for (const junk of ['k=hack', 's=1;f=99999999', 'n=-1', 'n=1e9', ';;;=', 'k', '='])
      expect((await me.presses('tx', junk)).text).toContain('13 in all');
  });

  test('asks for two days, in either calendar', async () => {
    await history();
    expect((await me.presses('tx.dates')).text).toContain(en('field.from_day'));
    await me.says('๑/๑/๒๕๖๙');
    expect((await me.says('31/12/2026')).text).toContain('13 in all');
    await me.presses('tx.dates');
    await me.says('2026-02-01');
    expect((await me.says('2026-01-01')).text).toBe(en('error.date.reversed'));
  });

  test('exports what is filtered as CSV with a mark, in Thai with Thai headings', async () => {
    await history();
    const shown = await press(await me.types('/transactions'), en('button.csv'));
    expect(shown.text).toBe('13 transactions as a CSV file.');
    await me.types('/language th');
    const file = (await me.presses('tx.csv', 'all')).file;
    expect(file?.mime).toBe('text/csv; charset=utf-8');
    const text = Buffer.from(file?.content ?? []).toString('utf8');
    expect(text.startsWith('\uFEFFวันที่,เวลา,ประเภท,สถานะ,เงินเข้า (บาท),เงินออก (บาท),คงเหลือ (บาท),เลขอ้างอิง\r\n')).toBe(
      true,
    );
    const lines = text.trim().split('\r\n');
    expect(lines).toHaveLength(14);
    expect(lines.slice(1).every((line) => /^\d{4}-\d{2}-\d{2},\d{2}:\d{2},/.test(line))).toBe(true);
    const sum = lines.slice(1).reduce((total, line) => {
      const [, , , , income = '', spent = ''] = line.split(',');
      return total + Number(income || 0) - Number(spent || 0);
    }, 0);
    expect(BigInt(Math.round(sum * 100))).toBe(await walletOf(world, userId));
    expect((await me.presses('tx.csv', 'k=refund')).toast).toBe(th('tx.none_match'));
  });
});

describe('a receipt', () => {
  test('escapes what people typed, and splits VAT when the issuer charges it', async () => {
    const hostile = chatter(world, { displayName: '<script>alert(1)</script>' });
    const shown = await hostile.types('/topup 499');
    await payFor(shown, 499_00n);
    const [, on] = data(shown)[0]?.split('|') ?? [];
    const html = async () => Buffer.from((await hostile.presses('receipt', on)).file?.content ?? []).toString('utf8');
    const plain = await html();
    expect(plain).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(plain).not.toContain('<script');
    expect(plain).toContain('฿499.00');
    expect(plain).not.toContain('VAT');
    const value = { name: 'ABT & Co', address: 'Bangkok\n10110', taxId: '0105561000000', vatPercent: 7 };
    await writeSetting(world.ctx(operator), receiptIssuer, { value, version: 0 });
    const taxed = await html();
    for (const part of ['฿466.36', '฿32.64', 'VAT 7 %', 'ABT &amp; Co', 'Tax ID 0105561000000'])
      expect(taxed).toContain(part);
  });

  test("ends with the text of the operators in the reader's language, escaped", async () => {
    const shown = await me.types('/topup 500');
    await payFor(shown, 500_00n);
    const [, on] = data(shown)[0]?.split('|') ?? [];
    const html = async () => Buffer.from((await me.presses('receipt', on)).file?.content ?? []).toString('utf8');
    expect(await html()).not.toContain('class="footer"');
    const value = { footerTh: 'ขอบคุณค่ะ', footerEn: 'Thank you\n<script>alert(1)</script>"\'&' };
    await writeSetting(world.ctx(operator), receiptTexts, { value, version: 0 });
    const footer = /<p class="footer">([\s\S]*?)<\/p>/.exec(await html())?.[1];
    expect(footer).toBe('Thank you\n&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
  });

  test('counts what went back', async () => {
    const shown = await me.types('/topup 500');
    await payFor(shown, 500_00n, { chargeId: 'chg_receipt' });
    await payFor(shown, 100_00n, { chargeId: 'chg_receipt', status: 'refunded' });
    const [, on] = data(shown)[0]?.split('|') ?? [];
    const file = (await me.presses('receipt', on)).file;
    const html = Buffer.from(file?.content ?? []).toString('utf8');
    expect(html).toContain('−฿100.00');
    expect(file?.name).toContain('400.00');
  });
});
