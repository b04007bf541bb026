import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccount } from '../../../src/core/trading/addAccount.ts';
import { openKey, sealKeys } from '../../../src/core/trading/sealedKey.ts';
import { createVault } from '../../../src/core/vault.ts';
import { add, asUser, codeOf, freshKey, sealedOf, trader } from '../../support/accounts.ts';
import { job } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('a newer vault key seals again what an older one sealed, and a key given before is still known as one', async () => {
  const userId = await trader(world);
  const key = freshKey();
  const { account } = await add(world, userId, { key });
  const old = { id: 'k1', key: Buffer.alloc(32, 7) };
  const newer = { id: 'k2', key: Buffer.alloc(32, 9) };
  const both = createVault([newer, old]);
  const again = { ...asUser(world, userId), vault: both };
  const twice = { userId, exchange: 'binance', endpoint: 'live', key };
  expect(await codeOf(addAccount(again, twice))).toBe('account.key_used');
  expect(await sealKeys({ ...world.ctx(job), vault: both })).toEqual({ sealed: 1, lost: 0 });
  expect(await sealKeys({ ...world.ctx(job), vault: both })).toEqual({ sealed: 0, lost: 0 });
  const sealed = (await sealedOf(world, account.id)) ?? '';
  expect(openKey(createVault([newer]), account.id, sealed)).toEqual(key);
  expect(await codeOf(addAccount(again, twice))).toBe('account.key_used');
  const lost = createVault([{ id: 'k3', key: Buffer.alloc(32, 1) }]);
  expect(await sealKeys({ ...world.ctx(job), vault: lost })).toEqual({ sealed: 0, lost: 1 });
});
