import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultOf } from '../../src/bot/discord/fault.ts';
import { formId, modalOf, opener, readFormId } from '../../src/bot/discord/form.ts';
import { cut, layOut, layOutNotice, plain } from '../../src/bot/discord/layout.ts';
import type { Drawn, DrawnForm } from '../../src/bot/draw.ts';
import { messageMistakes, modalMistakes } from '../support/discordRules.ts';

const drawn = (more: Partial<Drawn> = {}): Drawn => ({
  ...{ title: undefined, lines: [], facts: [], buttons: [], toast: undefined, picture: undefined, file: undefined },
  ...more,
});

const form = (more: Partial<DrawnForm> = {}): DrawnForm => ({
  ...{ command: 'topup', title: 'Top up', problem: undefined, args: {}, fields: [] },
  ...more,
});

describe('text', () => {
  test('Markdown, mentions and timestamps are shown as they were written', () => {
    expect(plain('*a* _b_ ~c~ `d` ||e||')).toBe('\\*a\\* \\_b\\_ \\~c\\~ \\`d\\` \\|\\|e\\|\\|');
    expect(plain('<@1> <t:1:R> [x](https://e.example)')).toBe('\\<@1> \\<t:1:R> \\[x\\](https://e.example)');
    expect(plain('# a\n- b\n> c\n1. d\n-# e')).toBe('\\# a\n\\- b\n\\> c\n1\\. d\n\\-# e');
    expect(plain('@everyone @here')).toBe('@\u200beveryone @\u200bhere');
    expect(plain('฿1,500.50 (−5)')).toBe('฿1,500.50 (−5)');
  });

  test('an address stays whole', () => {
    expect(plain('see https://a.example/x_y_z?q=*1* now_')).toBe('see https://a.example/x_y_z?q=*1* now\\_');
  });

  test('no text is cut in the middle of a character or of its escape', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 40 }), (text, max) => {
        const short = cut(plain(text), max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect(short.isWellFormed()).toBe(true);
        if (short.endsWith('…')) expect(/(^|[^\\])(\\\\)*…$/.test(short)).toBe(true);
      }),
    );
  });
});

describe('messages', () => {
  const text = fc.string({ maxLength: 5000 });
  const anything = fc.record({
    title: fc.option(text, { nil: undefined }),
    lines: fc.array(text, { maxLength: 3 }),
    facts: fc.array(fc.record({ label: text, value: text, code: fc.boolean() }), { maxLength: 30 }),
    buttons: fc.array(
      fc.array(
        fc.record({ label: text, data: fc.string({ minLength: 1, maxLength: 64 }), style: fc.constant(undefined) }),
        { maxLength: 7 },
      ),
      { maxLength: 8 },
    ),
  });

  test('a list with a button a row keeps every button', () => {
    const rows = Array.from({ length: 12 }, (_, n) => [{ label: `run ${n}`, data: `run.show|${n}`, style: undefined }]);
    const { components } = layOut(
      drawn({ buttons: [...rows, [{ label: 'next', data: 'backtests|2', style: undefined }]] }),
    );
    expect(components.map((row) => row.components.length)).toEqual([5, 5, 3]);
    expect(components.at(-1)?.components.at(-1)).toMatchObject({ custom_id: 'backtests|2' });
  });

  test('whatever is said stays within what Discord takes', () => {
    fc.assert(
      fc.property(anything, (given) => {
        for (const layout of [layOut(drawn(given)), layOutNotice(drawn(given))]) {
          expect(messageMistakes({ ...layout }, [])).toEqual([]);
        }
      }),
    );
  });

  test('a value to be copied stands alone in its code, whatever is in it', () => {
    const { embeds } = layOut(drawn({ facts: [{ label: 'Code', value: 'a`b\nc', code: true }] }));
    expect(embeds[0]?.fields?.[0]?.value).toBe('`aˋb c`');
  });
});

describe('forms', () => {
  /** Any name but the one that JavaScript keeps for itself, which no command gives to an argument. */
  const argument = fc.string().filter((name) => name !== '__proto__');

  test('an id carries a command and its arguments there and back', () => {
    fc.assert(
      fc.property(fc.dictionary(argument, fc.string()), (args) => {
        const id = formId({ command: 'settings.quiet', args });
        if (id === undefined) return;
        expect(id.length).toBeLessThanOrEqual(100);
        expect(readFormId(id)).toEqual({ command: 'settings.quiet', args });
      }),
    );
  });

  test('an ordinary button is no form, and neither is a broken id', () => {
    for (const id of ['topup', 'topup.cancel|top_1', '["topup"]', '[1,{}]', '[', '["topup",{"a":1}]']) {
      expect(readFormId(id)).toBeUndefined();
    }
  });

  test('arguments that do not fit make no form', () => {
    expect(formId({ command: 'topup', args: { note: 'x'.repeat(100) } })).toBeUndefined();
  });

  test('fields that may hold anything are written, fields with a few answers are chosen', () => {
    const choices = [{ label: '฿500.00', value: '500' }];
    const open = {
      name: 'amount',
      label: 'Amount '.repeat(20),
      hint: 'in baht '.repeat(30),
      optional: false,
      choices,
      closed: false,
    };
    const fields = [open, { ...open, name: 'language', closed: true }];
    const modal = modalOf(form({ fields, problem: 'Not *that*.' }), 'id');
    expect(modalMistakes({ ...modal })).toEqual([]);
    expect(modal.components).toMatchObject([
      { type: 10, content: 'Not \\*that\\*.' },
      { type: 18, component: { type: 4, custom_id: 'amount', placeholder: '฿500.00', required: true } },
      { type: 18, component: { type: 3, custom_id: 'language', options: [{ value: '500' }] } },
    ]);
  });

  test('a form with many fields is cut to what Discord takes', () => {
    const fields = Array.from({ length: 8 }, (_, i) => ({
      name: `f${i}`,
      label: 'x',
      hint: '',
      optional: true,
      choices: [],
      closed: false,
    }));
    expect(modalMistakes({ ...modalOf(form({ fields }), 'id') })).toEqual([]);
    expect(messageMistakes({ ...layOut(opener(form({ fields }), 'id', 'Fill in')) }, [])).toEqual([]);
  });
});

test('a fault is told without the tokens in it', () => {
  const token = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.secret-secret-secret-secret-secret';
  const error = new Error(`failed: https://discord.com/api/webhooks/123/aW50ZXJhY3Rpb246/messages with ${token}`);
  const fault = JSON.stringify(faultOf(error));
  expect(fault).not.toContain('aW50ZXJhY3Rpb246');
  expect(fault).not.toContain('secret-secret');
});
