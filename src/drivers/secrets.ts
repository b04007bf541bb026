import { randomBytes } from 'node:crypto';
import { access, constants, link, mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * A generated secret as `bytes` × 2 hex digits, the same at every start. It lives in `<dataDir>/<name>`, readable by us alone.
 * Two starts at the same moment agree on one.
 */
export async function readOrCreateSecret(dataDir: string, name: string, bytes: number): Promise<string> {
  if (!/^[a-z][a-z0-9.-]*$/.test(name)) throw new Error(`"${name}" is no name for a secret`);
  const path = join(await ensureDataDir(dataDir), name);
  const present = await readSecret(path, bytes);
  if (present) return present;
  await createSecret(path, randomBytes(bytes).toString('hex'));
  const created = await readSecret(path, bytes);
  if (!created) throw new Error(`${path} disappeared while it was being written`);
  return created;
}

/** Creates the data directory for us alone when there is none, and returns its real path. One that exists keeps its mode. */
export async function ensureDataDir(dataDir: string): Promise<string> {
  // Only the last step is private: folders made on the way there may have other uses.
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { mode: 0o700 }).catch(ignoreCode('EEXIST'));
  const realDir = await realpath(dataDir);
  await access(realDir, constants.R_OK | constants.W_OK | constants.X_OK).catch(() => {
    throw new Error(
      `This user may not write to the data directory ${realDir}; make it yours, or choose another with DATA_DIR`,
    );
  });
  return realDir;
}

async function readSecret(path: string, bytes: number): Promise<string | null> {
  const content = await readFile(path, 'utf8').catch(ignoreCode('ENOENT'));
  if (content === undefined) return null;
  const secret = content.trim();
  // Making a new one would lock us out of what the old one protects, so a person has to decide.
  if (secret.length !== bytes * 2 || !/^[0-9a-f]+$/.test(secret)) {
    throw new Error(
      `${path} does not hold the secret it should; restore it from a backup, or remove it to start afresh`,
    );
  }
  return secret;
}

/** A link appears whole or not at all, and refuses to replace: the first writer wins, the others read what it wrote. */
async function createSecret(path: string, secret: string): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(secret + '\n');
    await file.sync();
    await file.close();
    await link(draft, path).catch(async (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return;
      // Some file systems have no links. The instance lock has already made us the only writer there.
      if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) return rename(draft, path);
      throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}

function ignoreCode(code: string): (error: unknown) => undefined {
  return (error) => {
    if (codeOf(error) !== code) throw error;
    return undefined;
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
