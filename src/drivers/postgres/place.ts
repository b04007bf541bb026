import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, rename, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { canEnter, type Owner, runAs, systemUser, wayOut } from './owner.ts';

/** Where the cluster is or will be, and whom it belongs to. */
export type Place = { directory: string; owner: Owner };

export const passwordName = 'postgres-password';

type Question = { dataDir: string; systemDir: string; log: (line: string) => void };

/**
 * An ordinary user keeps the cluster in `<dataDir>/postgres`. Root has to leave it to another user, who may be unable to reach
 * that place (`/root` is closed to others); then it stands under `systemDir` instead. A cluster that exists is never left
 * behind because permissions changed: an empty database in its stead would look as if everything was lost.
 */
export async function findPlace(question: Question): Promise<Place> {
  const { dataDir } = question;
  const inside = join(dataDir, 'postgres');
  if ((await exists(inside)) && !(await exists(join(dataDir, passwordName)))) {
    throw new Error(
      `${join(dataDir, passwordName)} is missing: restore it from a backup, or move ${inside} away to start empty.`,
    );
  }
  return process.getuid?.() === 0 ? findPlaceAsRoot(question, inside) : { directory: inside, owner: null };
}

async function findPlaceAsRoot({ dataDir, systemDir, log }: Question, inside: string): Promise<Place> {
  const present = await stat(inside).catch(() => null);
  if (present) {
    const owner = present.uid === 0 ? await giveAway(inside) : { uid: present.uid, gid: present.gid };
    if (await letIn(owner, dataDir, log)) return { directory: inside, owner };
    throw new Error(
      `The database in ${inside} is out of reach for its owner (uid ${owner.uid}): a folder above it is closed. ${wayOut}`,
    );
  }
  const owner = await systemUser();
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const outside = join(systemDir, `data-${digest}`, 'postgres');
  const outsideExists = (await exists(outside)) && (await stillWanted(outside, dataDir, log));
  if (!outsideExists && (await letIn(owner, dataDir, log))) return { directory: inside, owner };
  await openFolders([systemDir, dirname(outside)]);
  log(
    `The database of ${dataDir} is kept in ${outside}, because PostgreSQL does not run as root and its own user cannot enter there.`,
  );
  return { directory: outside, owner };
}

/** A cluster of root's, such as one unpacked from a backup, which PostgreSQL would refuse. */
async function giveAway(directory: string): Promise<NonNullable<Owner>> {
  const owner = await systemUser();
  const changed = await runAs(null, 'chown', ['-R', `${owner.uid}:${owner.gid}`, directory]);
  if (!changed.ok)
    throw new Error(`${directory} belongs to root, and PostgreSQL does not run as root (${changed.output}). ${wayOut}`);
  return owner;
}

/**
 * Whether the owner can pass through the data directory. One that only root may enter is opened to the owner's group for passing, not for
 * listing; what we keep there besides is readable by us alone. A closed folder further up is somebody's decision and stays.
 */
async function letIn(owner: NonNullable<Owner>, dataDir: string, log: (line: string) => void): Promise<boolean> {
  if (await canEnter(owner, dataDir)) return true;
  const { uid, mode } = await stat(dataDir);
  const rootOnly = uid === 0 && (mode & 0o777) === 0o700 && dataDir !== homedir();
  if (!rootOnly || !(await canEnter(owner, dirname(dataDir)))) return false;
  await chown(dataDir, 0, owner.gid);
  await chmod(dataDir, 0o710);
  log(`${dataDir} now lets the user that runs PostgreSQL (uid ${owner.uid}) pass.`);
  return canEnter(owner, dataDir);
}

/** Whoever removed the data directory wanted to begin anew. The old cluster is set aside, since only a person should delete it. */
async function stillWanted(outside: string, dataDir: string, log: (line: string) => void): Promise<boolean> {
  if (await exists(join(dataDir, passwordName))) return true;
  const aside = `${outside}-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  await rename(outside, aside);
  log(`${dataDir} is new, so its earlier database was set aside as ${aside}; delete it if nobody misses it.`);
  return false;
}

async function openFolders(folders: string[]): Promise<void> {
  for (const folder of folders) {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw new Error(
        `PostgreSQL does not run as root, and ${folder} for its own user could not be created (${error}). ${wayOut}`,
      );
    });
    await chmod(folder, 0o755);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
