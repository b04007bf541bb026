import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import { identity } from '../../../src/core/people/tables.ts';
import { readBuyer } from '../../../src/core/rental/buyer.ts';
import { translate } from '../../../src/core/text/text.ts';
import { type Chatter, chatter, type Shown } from '../../support/chat.ts';
import { credit, issue, setIssuer } from '../../support/documents.ts';
import { expectClean, job } from '../../support/money.ts';
import { readPdf } from '../../support/pdf.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let me: Chatter;
let userId: UserId;
let people = 0;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  people += 1;
  const subject = `reader-${people}`;
  await setIssuer(world, { vatPercent: 7 });
  me = chatter(world, { subject });
  await me.types('/menu');
  const [row] = await world.ctx(job).db.select().from(identity).where(eq(identity.subject, subject));
  if (!row) throw new Error('met a moment ago');
  userId = row.userId;
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const en = (key: string, params = {}) => translate('en', key, params);
const data = (shown: Shown) => shown.buttons?.flat().map((button) => button.data) ?? [];
const textOf = async (shown: Shown) => (await readPdf(shown.file?.content ?? new Uint8Array())).text;

describe('a document', () => {
  test('is sent as a PDF in the language of the person, the original however often', async () => {
    const issued = await issue(world, { userId });
    const first = await me.presses('document.send', issued.id);
    expect(first.file).toMatchObject({
      name: `TI2569-${String(issued.number).padStart(6, '0')}.pdf`,
      mime: 'application/pdf',
    });
    expect(await textOf(first)).toContain('Receipt / Abbreviated Tax Invoice');
    expect(await textOf(first)).toContain('ต้นฉบับ / Original');
    expect((await me.presses('document.send', issued.id)).file).toEqual(first.file);
    await me.types('/language th');
    const thai = await textOf(await me.presses('document.send', issued.id));
    expect(thai).toContain('ใบกำกับภาษีอย่างย่อ');
    expect(thai).not.toContain('Receipt');
  });

  test('that is an abbreviated invoice comes with the way to full ones, until an address is known', async () => {
    const issued = await issue(world, { userId });
    const shown = await me.presses('document.send', issued.id);
    expect(shown.text).toContain(en('document.want_full'));
    expect(data(shown)).toEqual(['document.buyer']);
    await fillIn('Somsri', '1 Silom Road, Bangkok 10500', '-', '-');
    expect((await me.presses('document.send', issued.id)).text).not.toContain(en('document.want_full'));
    const full = await issue(world, { userId });
    const sent = await me.presses('document.send', full.id);
    expect(sent.text).toContain('tax invoice TI2569');
    expect(await textOf(sent)).toContain('1 Silom Road, Bangkok 10500');
  });

  test('of somebody else is not sent, nor one that is not there, nor to a group: document.missing', async () => {
    const stranger = await issue(world, { userId: (await world.person()).userId });
    for (const id of [stranger.id, 'doc_nothing']) {
      const refused = await me.presses('document.send', id);
      expect([refused.text, refused.file]).toEqual([en('error.document.missing'), undefined]);
    }
    const inGroup = await me.sends({ kind: 'button', does: 'document.send', on: stranger.id }, { place: 'group' });
    expect(inGroup.text).toBe(en('error.command.private', { name: 'document.send' }));
  });

  test('is found in a list, newest first, a page at a time', async () => {
    expect((await me.presses('document.list', 'newest')).text).toContain(en('document.list_none'));
    await setIssuer(world, { vatPercent: null });
    const issued = await issue(world, { userId });
    for (let n = 0; n < 8; n++) await issue(world, { userId });
    const note = await credit(world, issued, 100_00n);
    const first = await me.presses('document.list', 'newest');
    expect(data(first).filter((one) => one.startsWith('document.send'))).toHaveLength(8);
    expect(data(first)[0]).toBe(`document.send|${note.id}`);
    expect(first.buttons?.[0]?.[0]?.label).toMatch(/^CN2569-\d{6} · ฿100\.00 · 21 Nov 2026$/);
    expect((await me.presses('document.send', note.id)).text).toMatch(/^Here is credit note CN2569/);
    expect((await me.presses('document.send', issued.id)).text).toMatch(/^Here is receipt RC2569/);
    const more = data(first)
      .find((one) => one.startsWith('document.list|'))
      ?.split('|')[1];
    const second = await me.presses('document.list', more);
    expect(data(second)).toEqual([expect.any(String), `document.send|${issued.id}`, 'document.buyer', 'menu']);
  });
});

async function fillIn(...answers: string[]): Promise<Shown> {
  let shown = await me.presses('document.buyer');
  for (const answer of answers) shown = await me.says(answer);
  return shown;
}

describe('the details for invoices', () => {
  const read = () => readBuyer(world.ctx({ kind: 'user', userId }), { userId });

  test('are asked for one by one, and a wrong answer again with the reason', async () => {
    expect((await me.presses('document.buyer')).text).toContain(en('field.buyer_name'));
    expect((await me.says('🔥')).text).toContain(en('error.buyer.name_invalid', { max: 200 }));
    expect((await me.says('บริษัท ตัวอย่าง จำกัด')).text).toContain(en('field.buyer_address'));
    expect((await me.says('x'.repeat(301))).text).toContain(en('error.buyer.address_invalid', { max: 300 }));
    const taxId = await me.says('1 ถนนสีลม กรุงเทพฯ 10500');
    expect(data(taxId)[0]).toMatch(/^answer\|\w+\.-$/); // "none" is a press
    expect((await me.says('1234567890123')).text).toContain(en('error.buyer.tax_id_invalid'));
    const branch = await me.says('0-1055-61000-00-3');
    expect(branch.text).toContain(en('field.buyer_branch'));
    expect((await me.says('main')).text).toContain(en('error.buyer.branch_invalid'));
    const [does = '', on] = data(await me.says('main'))[0]?.split('|') ?? [];
    const saved = await me.presses(does, on);
    expect(saved.text).toContain(en('document.buyer_saved'));
    expect(saved.text).toContain('Branch: Head office');
    const details = { name: 'บริษัท ตัวอย่าง จำกัด', address: '1 ถนนสีลม กรุงเทพฯ 10500' };
    expect(await read()).toEqual({ ...details, taxId: '0105561000003', branch: '00000' });
  });

  test('are one form where a chat has forms, which comes back with what is wrong', async () => {
    const form = await me.sends({ kind: 'button', does: 'document.buyer', on: undefined }, { forms: true });
    expect(form.form?.fields.map(({ name }) => name)).toEqual(['name', 'address', 'tax_id', 'branch']);
    const args = { name: 'Somsri', address: '-', tax_id: '12', branch: '-' };
    const wrong = await me.sends({ kind: 'form', command: 'document.buyer', args }, { forms: true });
    expect([wrong.form?.problem?.[0], wrong.form?.fields.map(({ name }) => name)]).toEqual([
      'error.buyer.tax_id_invalid',
      ['tax_id'],
    ]);
    const again = { ...wrong.form?.args, tax_id: 'none' };
    const saved = await me.sends({ kind: 'form', command: 'document.buyer', args: again }, { forms: true });
    expect(saved.text).toContain(en('document.buyer_short'));
    expect(await read()).toEqual({ name: 'Somsri', address: '', taxId: '', branch: '' });
  });
});
