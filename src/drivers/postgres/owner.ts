import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whom PostgreSQL runs as. null: as ourselves. */
export type Owner = { uid: number; gid: number } | null;

export type Outcome = { ok: boolean; output: string };

const userName = 'abtpro-postgres';

/** Said after every reason why root cannot have an embedded PostgreSQL. */
export const wayOut = 'Run ABTPro as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.';

/** All that a child gets to see of our environment: none of our secrets, and messages we can recognise. */
export function childEnv(): NodeJS.ProcessEnv {
  return { PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`, LC_ALL: 'C', TZ: 'UTC' };
}

/** Runs a command to its end. Never throws; `output` is both streams together. */
export async function runAs(owner: Owner, command: string, args: string[]): Promise<Outcome> {
  let output = '';
  try {
    // From `/`, because our own folder may be closed to the owner. Its own process group keeps Ctrl-C away.
    const options = { cwd: '/', env: childEnv(), detached: true, ...owner };
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const [code, signal] = await once(child, 'close');
    return { ok: code === 0, output: output.trim() || `${command} ended with ${code ?? signal}` };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

/** Asked of the system itself, because permission bits do not tell everything (access lists, mounts). */
export async function canEnter(owner: Owner, directory: string): Promise<boolean> {
  const { ok } = await runAs(owner, '/bin/sh', ['-c', 'cd "$0"', directory]);
  return ok;
}

/** The user that runs PostgreSQL when we are root, which PostgreSQL refuses to be. Creates it at the first call. */
export async function systemUser(): Promise<NonNullable<Owner>> {
  const user = (await findUser()) ?? (await createUser());
  const trial = await runAs(user, '/bin/sh', ['-c', 'exit 0']);
  if (!trial.ok) throw new Error(`PostgreSQL does not run as root, and root cannot become ${userName} here. ${wayOut}`);
  return user;
}

async function findUser(): Promise<Owner> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${userName}:`))
    ?.split(':');
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : null;
}

const creations: [command: string, args: string[]][][] = [
  [
    ['groupadd', ['--system', userName]],
    [
      'useradd',
      [
        '--system',
        '--gid',
        userName,
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/usr/sbin/nologin',
        userName,
      ],
    ],
  ],
  [
    ['busybox', ['addgroup', '-S', userName]],
    ['busybox', ['adduser', '-S', '-D', '-H', '-h', '/nonexistent', '-s', '/sbin/nologin', '-G', userName, userName]],
  ],
];

/** Another process may be creating the same user, and then the user database is locked for a moment: look, try, look again. */
async function createUser(): Promise<NonNullable<Owner>> {
  const outputs = new Set<string>();
  for (let attempt = 0; attempt < 20; attempt++) {
    for (const [command, args] of creations.flat()) {
      const outcome = await runAs(null, command, args);
      if (!outcome.ok) outputs.add(outcome.output);
      const user = await findUser();
      if (user) return user;
    }
    if (![...outputs].some((output) => /lock|try again/i.test(output))) break;
    await sleep(100 + Math.random() * 100);
  }
  throw new Error(
    `PostgreSQL does not run as root, and its own user ${userName} could not be created (${[...outputs].join('; ')}). ${wayOut}`,
  );
}
