import { chown, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runAs } from './owner.ts';
import type { Place } from './place.ts';

export const clusterUser = 'abtpro';

const draftPrefix = 'postgres.init-';

/**
 * Makes the cluster unless it exists. initdb works in a folder beside it, renamed when all is done and on the disk: a kill halfway leaves
 * only a draft, which the next start removes.
 */
export async function createCluster(
  place: Place,
  bin: string,
  input: { password: string; sync: boolean },
): Promise<void> {
  const parent = dirname(place.directory);
  await removeDrafts(parent);
  const present = await stat(place.directory).catch(() => null);
  if (present) return;
  const draft = await mkdtemp(join(parent, draftPrefix));
  try {
    const cluster = join(draft, 'cluster');
    // initdb reads the password as its own user, who cannot read our file.
    const passwordFile = join(draft, 'password');
    await writeFile(passwordFile, input.password, { mode: 0o600, flag: 'wx' });
    for (const path of place.owner ? [passwordFile, draft] : [])
      await chown(path, place.owner?.uid ?? -1, place.owner?.gid ?? -1);
    const access = ['--username', clusterUser, '--pwfile', passwordFile, '--auth=scram-sha-256'];
    const text = ['--no-locale', '--encoding=UTF8'];
    const sync = input.sync ? [] : ['--no-sync'];
    const made = await runAs(place.owner, join(bin, 'initdb'), [
      '-D',
      cluster,
      ...access,
      ...text,
      ...sync,
      '--no-instructions',
    ]);
    if (!made.ok)
      throw new Error(`The embedded PostgreSQL could not be set up in ${place.directory}: ${lastLines(made.output)}`);
    await rename(cluster, place.directory);
    await syncFolder(parent);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** An initdb that outlived its killed parent may still be writing into a draft; what cannot be removed now goes next time. */
async function removeDrafts(parent: string): Promise<void> {
  const names = await readdir(parent);
  for (const name of names.filter((name) => name.startsWith(draftPrefix))) {
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

function lastLines(output: string): string {
  return output.split('\n').slice(-10).join('\n');
}
