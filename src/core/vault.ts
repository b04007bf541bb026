import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/**
 * Secrets at rest. A sealed text is `v1.<key id>.<iv>.<ciphertext>.<tag>` (base64url), AES-256-GCM. `binding` names
 * the row and column it belongs to (`exchange_account:exa_…:secret`) and is authenticated with it: a sealed text
 * copied to another row does not open. The first key seals, every key opens.
 */
export interface Vault {
  seal(plain: string, binding: string): string;
  open(sealed: string, binding: string): string;
  /** True when `sealed` should be sealed again because a newer key exists. */
  isOld(sealed: string): boolean;
  /** Whether a key of this name is at hand. */
  knows(keyId: string): boolean;
  /** HMAC-SHA256 for `purpose`, with the key that `keyId` names (default: the first). */
  mac(purpose: string, data: Uint8Array, keyId?: string): { keyId: string; mac: Buffer };
}

export interface VaultKey {
  id: string;
  key: Uint8Array;
}

const derive = (key: Uint8Array, purpose: string) => Buffer.from(hkdfSync('sha256', key, '', `abtpro:${purpose}`, 32));

export function createVault(keys: readonly VaultKey[]): Vault {
  const [first] = keys;
  if (!first) throw new Error('a vault needs at least one key');
  const byId = new Map(keys.map((k) => [k.id, k.key]));
  const keyOf = (id: string) => {
    const key = byId.get(id);
    if (!key) throw new Error(`no key "${id}" in SECRET_KEY: add the older key after the newer one`);
    return key;
  };
  // A walk along the audit chain makes a million hashes, each in a sixth of the time when its key is ready.
  const ready = new Map<string, KeyObject>();
  const macKey = (purpose: string, id: string) => {
    const name = `${id} ${purpose}`;
    const key = ready.get(name) ?? createSecretKey(derive(keyOf(id), purpose));
    ready.set(name, key);
    return key;
  };
  return {
    seal(plain, binding) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', derive(first.key, 'seal'), iv).setAAD(Buffer.from(binding));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const parts = [iv, body, cipher.getAuthTag()].map((part) => part.toString('base64url'));
      return ['v1', first.id, ...parts].join('.');
    },
    open(sealed, binding) {
      const [version, id, iv, body, tag] = sealed.split('.');
      if (version !== 'v1' || !id || !iv || body === undefined || !tag) throw new Error('not a sealed text');
      const decipher = createDecipheriv('aes-256-gcm', derive(keyOf(id), 'seal'), Buffer.from(iv, 'base64url'), {
        authTagLength: 16,
      });
      decipher.setAAD(Buffer.from(binding)).setAuthTag(Buffer.from(tag, 'base64url'));
      return decipher.update(Buffer.from(body, 'base64url'), undefined, 'utf8') + decipher.final('utf8');
    },
    knows: (keyId) => byId.has(keyId),
    isOld: (sealed) => sealed.split('.')[1] !== first.id,
    mac(purpose, data, keyId = first.id) {
      return {
        keyId,
        mac: createHmac('sha256', macKey(purpose, keyId)).update(data).digest(),
      };
    },
  };
}
