import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiscordWorld, type DiscordWorld, en } from '../support/discordBot.ts';
import { textOf } from '../support/discordChats.ts';

let at: DiscordWorld;
beforeAll(async () => {
  at = await createDiscordWorld();
  await at.bot();
});
afterAll(() => at.close());

/** The words of the message a turn ended with. */
const wordsOf = (turn: { message?: Parameters<typeof textOf>[0] | undefined }) =>
  turn.message ? textOf(turn.message) : '';

test('a form whose answers are too long to be kept is asked whole again, with the reason', async () => {
  const person = at.somebody();
  const { message } = await person.command('menu');
  const rows = message?.body.components as { components: { label: string; custom_id: string }[] }[];
  const [button] = rows[0]?.components ?? [];
  if (!button) throw new Error('the menu has no button');
  button.custom_id = 'document.buyer'; // as a message that offers it carries it
  const asked = await person.presses(button.label);
  expect(asked.modal).toMatchObject({ custom_id: '["document.buyer",{}]' });
  const answers = { name: 'บริษัท ตัวอย่าง จำกัด', address: 'ถนนสีลม '.repeat(30), tax_id: '12', branch: '00000' };
  const refused = await person.submits(answers);
  expect(wordsOf(refused)).toContain(en('error.buyer.tax_id_invalid'));
  const again = await person.presses(en('button.fill_in'));
  expect(JSON.stringify(again.modal)).toMatch(/"name".*"address".*"tax_id".*"branch"/);
  expect(wordsOf(await person.submits({ ...answers, tax_id: '0105561000003' }))).toContain(en('document.buyer_saved'));
});
