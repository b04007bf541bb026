import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEntry } from '../../../src/core/audit.ts';
import { inTransaction } from '../../../src/core/context.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { ADJUSTMENT, openAccounts, postTransfer, walletOf } from '../../../src/core/money/ledger.ts';
import { findDifferences } from '../../../src/core/money/reconcile.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { setBuyer } from '../../../src/core/rental/buyer.ts';
import { listDocuments, numberOf, readDocument } from '../../../src/core/rental/document.ts';
import { taxDocument } from '../../../src/core/rental/documentTables.ts';
import { type DocumentInput, issueDocuments } from '../../../src/core/rental/issue.ts';
import { credit, ISSUER, inputOf, issue, issueIn, newKey, setIssuer } from '../../support/documents.ts';
import { expectClean, job, operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let userId: UserId;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  await setIssuer(world, { vatPercent: 7 });
  ({ userId } = await world.person('Somsri'));
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const me = (id = userId) => world.ctx({ kind: 'user', userId: id });
const company = {
  name: 'บริษัท ผู้ซื้อตัวอย่าง จำกัด',
  address: '1 ถนนสีลม กรุงเทพฯ 10500',
  taxId: '0105561000003',
  branch: '00000',
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

describe('what is issued', () => {
  test('is a tax invoice with its VAT while the issuer charges VAT: 499.00 is 466.36 + 32.64', async () => {
    const issued = await issue(world, { userId });
    expect(issued).toMatchObject({
      kind: 'tax_invoice',
      series: 'TI2569',
      vatPercent: 7,
      baseSatang: 466_36n,
      vatSatang: 32_64n,
      totalSatang: 499_00n,
      issuer: { name: ISSUER.name, address: ISSUER.address, taxId: ISSUER.taxId, branch: '00000' },
      buyer: { name: 'Somsri', address: '', taxId: '', branch: '' },
    });
    expect(numberOf(issued)).toMatch(/^TI2569-\d{6}$/);
    const { db } = world.ctx(job);
    const lines = await db.select().from(auditEntry).where(eq(auditEntry.subject, issued.id));
    expect(lines).toMatchObject([
      { action: 'document.issued', detail: { number: numberOf(issued), totalSatang: '49900' } },
    ]);
  });

  test('is a receipt without VAT while the issuer charges none', async () => {
    await setIssuer(world, { vatPercent: null });
    const issued = await issue(world, { userId });
    const none = { kind: 'receipt', series: 'RC2569', vatPercent: null, baseSatang: 499_00n, vatSatang: 0n };
    expect(issued).toMatchObject(none);
    expect(issued.issuer.branch).toBe('');
  });

  test('keeps issuer and buyer as they were', async () => {
    await setBuyer(me(), { userId, ...company });
    const issued = await issue(world, { userId });
    await setBuyer(me(), { userId, ...company, name: 'Somebody else' });
    await setIssuer(world, { vatPercent: 10, name: 'Renamed' });
    const { document } = await readDocument(me(), { userId, documentId: issued.id });
    expect(document).toEqual(issued);
    expect(document.buyer).toEqual(company);
  });

  test('names the same document when it is asked for again, and refuses other figures: document.key_reused', async () => {
    const input = inputOf({ userId });
    const first = await issueIn(world.ctx(job), input);
    expect(await issueIn(world.ctx(job), input)).toEqual(first);
    const next = await issue(world, { userId });
    expect(next.number).toBe(first.number + 1);
    const again = (other: object) =>
      inTransaction(world.ctx(job), (ctx) => issueDocuments(ctx, [{ ...input, ...other }]));
    const line = { th: 'อื่น', en: 'Other', amountSatang: 499_00n };
    for (const other of [{ lines: [line] }, { term: 2 }, { reason: 'none' }])
      expect(await codeOf(again(other))).toBe('document.key_reused');
    const dearer = { lines: [{ ...line, amountSatang: 500_00n }], totalSatang: 500_00n };
    expect(await codeOf(again(dearer))).toBe('document.key_reused');
  });

  test('adds up: lines that do not come to the total, or to nothing, are a bug', async () => {
    const line = (amountSatang: bigint) => ({ th: 'ก', en: 'a', amountSatang });
    const wrong = [
      { lines: [line(1n)], totalSatang: 2n },
      { lines: [line(5n), line(-5n)], totalSatang: 0n },
      { lines: [], totalSatang: 0n },
    ];
    const alone = (asked: object) =>
      inTransaction(world.ctx(job), (ctx) => issueDocuments(ctx, [{ ...inputOf({ userId }), ...asked }]));
    for (const asked of wrong) await expect(alone(asked)).rejects.toThrow('do not add up');
    const discounted = { lines: [line(499_00n), line(-99_00n)], totalSatang: 400_00n };
    expect((await issue(world, { userId, ...discounted })).totalSatang).toBe(400_00n);
  });
});

describe('numbers', () => {
  test('of fifty transactions at once, many of which fail, have no gap and no double', async () => {
    const contexts = [world.ctx(job), world.another(), world.another()];
    const before = (await issue(world, { userId })).number;
    const people = await Promise.all([1, 2, 3, 4, 5].map(() => world.person()));
    const tried = Array.from({ length: 50 }, (_, n) => n);
    const issued = await Promise.all(
      tried.map(async (n) => {
        const ctx = contexts[n % contexts.length] ?? world.ctx(job);
        const person = people[n % people.length] ?? { userId };
        const fails = (n * 7919) % 5 < 2; // two of five, spread over the contexts
        const end = () => {
          if (fails) throw new Error('fell over after the number was taken');
        };
        return issueIn(ctx, inputOf({ userId: person.userId }), end).catch(() => undefined);
      }),
    );
    const numbers = issued.flatMap((document) => document?.number ?? []).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 30 }, (_, n) => before + 1 + n));
    expect((await issue(world, { userId })).number).toBe(before + 31);
    expect((await findDifferences(world.ctx(job))).differences).toEqual([]);
  });

  test('begin anew with the year that begins at midnight in Bangkok', async () => {
    const other = await createWorld();
    const person = (await other.person()).userId;
    await setIssuer(other, { vatPercent: 7 });
    other.clock.set('2026-12-31T16:59:59.999Z');
    const [first, second] = [await issue(other, { userId: person }), await issue(other, { userId: person })];
    other.clock.set('2026-12-31T17:00:00.000Z');
    const third = await issue(other, { userId: person });
    const note = await credit(other, first, 1_00n);
    expect([first, second, third, note].map(numberOf)).toEqual([
      'TI2569-000001',
      'TI2569-000002',
      'TI2570-000001',
      'CN2570-000001',
    ]);
    await other.close();
  });

  test('and dates rise together, also when a clock goes back or the wait for a number ends in the next year', async () => {
    const other = await createWorld();
    const person = (await other.person()).userId;
    other.clock.set('2026-12-31T16:59:59.000Z');
    const first = await issue(other, { userId: person });
    other.clock.set('2026-12-31T16:59:50.000Z');
    expect((await issue(other, { userId: person })).issuedAt).toEqual(first.issuedAt);
    const waiting = Promise.withResolvers<void>();
    const holder = inTransaction(other.ctx(job), async (ctx) => {
      await issueDocuments(ctx, [inputOf({ userId: person })]);
      await waiting.promise;
      throw new Error('never mind');
    }).catch(() => undefined);
    const holding = async () =>
      (
        await other
          .ctx(job)
          .db.execute(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)
      ).length;
    const late = issueIn(other.ctx(job), inputOf({ userId: person }));
    await expect.poll(holding).toBeGreaterThan(0);
    other.clock.set('2026-12-31T17:00:05.000Z');
    waiting.resolve();
    await holder;
    expect(await late).toMatchObject({ series: 'RC2569', number: 3, issuedAt: new Date('2026-12-31T16:59:59.999Z') });
    await other.close();
  });

  test('and documents stay as they are, whoever wants to change them', async () => {
    const issued = await issue(world, { userId });
    const { db } = world.ctx(job);
    const mine = eq(taxDocument.id, issued.id);
    await expect(db.update(taxDocument).set({ number: 99 }).where(mine)).rejects.toThrow();
    await expect(db.delete(taxDocument).where(mine)).rejects.toThrow();
  });
});

describe('a credit note', () => {
  test('names its original and takes back base and VAT, until nothing is left: document.exceeds_original', async () => {
    await setBuyer(me(), { userId, ...company });
    const original = await issue(world, { userId });
    await setBuyer(me(), { userId, ...company, name: 'Somebody else' });
    await setIssuer(world, { vatPercent: 10 });
    const [one, two] = [await credit(world, original, 200_01n), await credit(world, original, 298_99n)];
    expect(one).toMatchObject({ kind: 'credit_note', refersTo: original.id, vatPercent: 7, buyer: company });
    expect(one.baseSatang + two.baseSatang).toBe(original.baseSatang);
    expect(one.vatSatang + two.vatSatang).toBe(original.vatSatang);
    expect(await codeOf(credit(world, original, 1n))).toBe('document.exceeds_original');
    const story = await readDocument(me(), { userId, documentId: two.id });
    expect([story.original?.id, story.creditedBeforeSatang]).toEqual([original.id, 200_01n]);
  });

  test('has no VAT where its original had none, whatever the issuer charges by now', async () => {
    await setIssuer(world, { vatPercent: null });
    const original = await issue(world, { userId });
    await setIssuer(world, { vatPercent: 7 });
    expect(await credit(world, original, 100_00n)).toMatchObject({
      vatPercent: null,
      baseSatang: 100_00n,
      vatSatang: 0n,
    });
  });

  test('refers to a document of the same person that is no credit note itself: document.missing', async () => {
    const original = await issue(world, { userId });
    const note = await credit(world, original, 1_00n);
    const stranger = (await world.person()).userId;
    for (const [of, more] of [
      [note, {}],
      [original, { refersToTransferKey: newKey() }],
      [original, { userId: stranger }],
    ] as const)
      expect(await codeOf(credit(world, of, 1n, more))).toBe('document.missing');
    await expect(credit(world, original, 1n, { reason: ' ' })).rejects.toThrow('says why');
  });

  test('repeated is the same, with another original refused', async () => {
    const [original, other] = [await issue(world, { userId }), await issue(world, { userId })];
    const transferKey = newKey();
    const first = await credit(world, original, 1_00n, { transferKey });
    expect(await credit(world, original, 1_00n, { transferKey })).toEqual(first);
    expect(await codeOf(credit(world, other, 1_00n, { transferKey }))).toBe('document.key_reused');
  });

  test('in any parts leaves what an invoice over the rest would say', async () => {
    const parts = fc.array(fc.bigInt(1n, 30_00n), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(parts, fc.bigInt(1n, 30_00n), async (parts, rest) => {
        const totalSatang = parts.reduce((sum, part) => sum + part, rest);
        const original = await issue(world, { userId, totalSatang });
        let [base, vat] = [original.baseSatang, original.vatSatang];
        for (const part of parts) {
          const note = await credit(world, original, part);
          base -= note.baseSatang;
          vat -= note.vatSatang;
        }
        expect({ base, vat }).toEqual({ base: restBase(rest), vat: rest - restBase(rest) });
      }),
      { numRuns: 15 },
    );
  });
});

describe('without the locks of the transfers, which would keep them apart', () => {
  let other: World;
  let person: UserId;
  beforeAll(async () => {
    other = await createWorld();
    person = (await other.person()).userId;
  });
  afterAll(() => other.close());

  const alone = (input: DocumentInput) =>
    inTransaction(other.ctx(job), async (ctx) => (await issueDocuments(ctx, [input]))[0] ?? expect.fail('none'));
  const atOnce = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 12 }, work));

  test('many who ask for the document of one transfer get one', async () => {
    const input = inputOf({ userId: person });
    const issued = await atOnce(() => alone(input));
    expect(new Set(issued.map(({ id }) => id)).size).toBe(1);
    expect((await alone(inputOf({ userId: person }))).number).toBe((issued[0]?.number ?? 0) + 1);
  });

  test('credit notes at once never take back more than was paid', async () => {
    const original = await alone(inputOf({ userId: person }));
    const back = { kind: 'credit_note', refersToTransferKey: original.transferKey, reason: 'cancelled' } as const;
    const notes = await atOnce(() => codeOf(alone(inputOf({ ...back, userId: person, totalSatang: 100_00n }))));
    expect(notes.filter((code) => code === 'done')).toHaveLength(4);
    expect(notes.filter((code) => code === 'document.exceeds_original')).toHaveLength(8);
  });
});

test('many issued at once are what each would be by itself: in order, one number after the other, none twice', async () => {
  const [first, second] = [await world.person('First'), await world.person('Second')];
  await setBuyer(me(second.userId), { userId: second.userId, ...company });
  const old = await issue(world, { userId: first.userId, totalSatang: 100_00n });
  const back = { kind: 'credit_note', refersToTransferKey: old.transferKey, reason: 'cancelled' } as const;
  const part = (totalSatang: bigint) => inputOf({ ...back, userId: first.userId, totalSatang });
  const inputs = [
    inputOf({ userId: second.userId }),
    part(30_00n),
    inputOf({ userId: first.userId, totalSatang: 1_499_00n }),
    part(70_00n),
  ];
  const issueAll = (all: DocumentInput[]) =>
    inTransaction(world.ctx(job), async (ctx) => {
      for (const { transferKey: key, userId, totalSatang: amountSatang } of all) {
        await openAccounts(ctx, userId);
        const transfer = { key, kind: 'adjust', subject: userId, from: ADJUSTMENT, to: walletOf(userId) } as const;
        await postTransfer(ctx, { ...transfer, amountSatang });
      }
      return issueDocuments(ctx, all);
    });
  const issued = await issueAll(inputs);
  expect(issued).toMatchObject([
    { kind: 'tax_invoice', series: old.series, number: old.number + 1, userId: second.userId, buyer: company },
    { kind: 'credit_note', series: 'CN2569', refersTo: old.id, totalSatang: 30_00n },
    { kind: 'tax_invoice', series: old.series, number: old.number + 2, buyer: { name: 'First', address: '' } },
    { kind: 'credit_note', series: 'CN2569', refersTo: old.id, totalSatang: 70_00n },
  ]);
  expect(issued[3]?.number).toBe((issued[1]?.number ?? 0) + 1);
  expect((issued[1]?.baseSatang ?? 0n) + (issued[3]?.baseSatang ?? 0n)).toBe(old.baseSatang);
  const more = inputOf({ userId: second.userId });
  const again = await issueAll([...inputs.slice(0, 2), more]);
  expect(again.slice(0, 2)).toEqual(issued.slice(0, 2));
  expect(again[2]).toMatchObject({ number: old.number + 3, transferKey: more.transferKey });
  expect(await codeOf(issueAll([inputOf({ userId: first.userId }), part(1n)]))).toBe('document.exceeds_original');
  await expect(issueAll([more, more].map((input) => ({ ...input, transferKey: 'rent:con_twice:1' })))).rejects.toThrow(
    'of 2 documents 1 were new',
  );
  const born = inputOf({ userId: first.userId, totalSatang: 50_00n });
  const undone = { ...part(50_00n), refersToTransferKey: born.transferKey };
  const [note, receipt] = await issueAll([undone, born]);
  expect(note).toMatchObject({ refersTo: receipt?.id, vatSatang: receipt?.vatSatang });
  expect(await issueAll([undone, born])).toEqual([note, receipt]);
  expect(await issueAll([])).toEqual([]);
});

/** Round half up, written another way than in core. */
const restBase = (gross: bigint) => BigInt(Math.floor((Number(gross) * 1000) / 1070 + 0.5));

describe('a person', () => {
  test('reads their own documents, newest first, and nobody else’s', async () => {
    const issued: string[] = [];
    for (let n = 0; n < 5; n++) issued.unshift((await issue(world, { userId })).id);
    const one = await listDocuments(me(), { userId, limit: 3 });
    expect([one.items.map(({ id }) => id), one.next]).toEqual([issued.slice(0, 3), issued[2]]);
    const two = await listDocuments(me(), { userId, limit: 3, before: one.next });
    expect([two.items.map(({ id }) => id), two.next]).toEqual([issued.slice(3), undefined]);
    const other = await world.person();
    const asOther = me(other.userId);
    expect(await codeOf(listDocuments(asOther, { userId, limit: 3 }))).toBe('access.denied');
    expect(await codeOf(readDocument(asOther, { userId, documentId: issued[0] ?? '' }))).toBe('access.denied');
    const theirs = { userId: other.userId, documentId: issued[0] ?? '' };
    expect(await codeOf(readDocument(asOther, theirs))).toBe('document.missing');
    expect((await readDocument(world.ctx(operator), { userId, documentId: issued[0] ?? '' })).document.id).toBe(
      issued[0],
    );
  });

  test('keeps documents and invoice details when two accounts become one', async () => {
    const [from, into] = [await world.person('From'), await world.person('Into')];
    await setBuyer(me(from.userId), { userId: from.userId, ...company });
    const old = await issue(world, { userId: from.userId });
    const { code } = await createLinkCode(me(into.userId), { userId: into.userId });
    const link = await claimLink(me(from.userId), { userId: from.userId, code });
    await agreeToJoin(me(from.userId), { userId: from.userId, linkId: link.id });
    const joined = me(into.userId);
    expect((await listDocuments(joined, { userId: into.userId, limit: 9 })).items).toEqual([old]);
    expect(await credit(world, old, 1_00n, { userId: into.userId })).toMatchObject({ refersTo: old.id });
    expect((await issue(world, { userId: into.userId })).buyer).toEqual(company);
  });
});
