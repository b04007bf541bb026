import { expect, test } from 'vitest';
import { ExchangeTrouble, troubleKinds } from '../../../src/core/market/trouble.ts';
import { languages, translate } from '../../../src/core/text/text.ts';

test('every trouble with an exchange has words in both languages that name the exchange and say what to do', () => {
  for (const kind of troubleKinds)
    for (const language of languages) {
      const words = translate(language, `trouble.${kind}`, { exchange: 'Binance' });
      expect([kind, words]).toEqual([kind, expect.stringContaining('Binance')]);
      if (language === 'en') expect(words.split(/[.!?;:] /).length, words).toBeGreaterThan(1);
    }
});

test('a trouble of a key never passes by itself, and one that passes is none of the key', () => {
  for (const kind of troubleKinds) {
    const { passes, isOfKey } = new ExchangeTrouble('binance', kind);
    expect(passes && isOfKey).toBe(false);
  }
});
