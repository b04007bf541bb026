import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

/**
 * A Chromium that came with `npm ci`: nothing has to be installed on the machine. The package holds the browser, a font
 * and the few system libraries (NSS, expat) that a bare machine lacks, all compressed.
 */
export async function launchBrowser(): Promise<Browser> {
  const home = await unpacked();
  return chromium.launch({
    executablePath: join(home, 'chromium'),
    headless: true,
    args: FLAGS,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home, // a browser that looks for a profile finds none of the developer's
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  });
}

/** To another page of the panel by its menu, which lies behind a button where the window is narrow; it is there when this ends. */
export async function goTo(page: Page, name: string): Promise<void> {
  const opener = page.locator('.opener');
  if (await opener.isVisible()) await opener.click();
  const link = page.locator('#doors').getByRole('link', { name, exact: true });
  const path = await link.getAttribute('href');
  await link.click();
  await page.waitForURL(({ pathname }) => pathname === path);
}

/** Of the package's own flags only what a bare machine needs: its `--disable-web-security` would make our tests lie. */
const FLAGS = [
  '--no-sandbox', // root may not use the sandbox, and neither may many containers
  '--no-zygote',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--font-render-hinting=none',
];

const run = promisify(execFile);
const packageFile = createRequire(import.meta.url).resolve('@sparticuz/chromium');

/**
 * Unpacks once per version and user. The package itself unpacks to fixed names in /tmp, where another user's copy cannot
 * be executed and a second test process meets a half-written one. So it works in a fresh folder, in a process of its own
 * (it changes the environment it runs in), and the finished folder gets its name in one step.
 */
async function unpacked(): Promise<string> {
  const version = await packageVersion();
  const { uid } = userInfo();
  const home = join(tmpdir(), `abtpro-chromium-${version}-${uid}`);
  if (existsSync(home)) {
    if ((await lstat(home)).uid !== uid) throw new Error(`${home} belongs to somebody else`);
    return home;
  }
  const fresh = await mkdtemp(join(tmpdir(), 'abtpro-chromium-new-'));
  await run(process.execPath, ['--input-type=module', '--eval', UNPACK, packageFile], {
    // The package adds its libraries only where it believes to be on Amazon Linux.
    env: { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
    timeout: 120_000,
  });
  await chmod(join(fresh, 'chromium'), 0o700);
  await mkdir(join(fresh, 'cache'));
  await writeFile(join(fresh, 'fonts.conf'), fontsConf(home));
  try {
    await rename(fresh, home);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }); // another process was first
    if (!existsSync(home)) throw error;
  }
  return home;
}

const UNPACK = 'const { default: chromium } = await import(process.argv[1]); await chromium.executablePath();';

async function packageVersion(): Promise<string> {
  for (let folder = dirname(packageFile); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, version } = JSON.parse(await readFile(file, 'utf8')) as { name?: string; version?: string };
    if (name === '@sparticuz/chromium' && version) return version;
  }
  throw new Error('@sparticuz/chromium has no version');
}

/** The package's font, then the machine's, then those that come as packages of ours. */
function fontsConf(home: string): string {
  const ours = fileURLToPath(new URL('../../node_modules/@expo-google-fonts', import.meta.url));
  const folders = [join(home, 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts', ours];
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((folder) => `  <dir>${folder}</dir>`).join('\n')}
  <cachedir>${join(home, 'cache')}</cachedir>
</fontconfig>
`;
}
