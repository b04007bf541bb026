import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';
import type { Actor } from './core/access.ts';
import { runBelongings } from './core/backtest/runs.ts';
import { systemClock } from './core/clock.ts';
import { connect, migrateDatabase } from './core/db.ts';
import { describeError } from './core/error.ts';
import { idMaker } from './core/id.ts';
import { demoSource } from './core/market/demoSource.ts';
import { candleSources, type MarketContext } from './core/market/sources.ts';
import type { CreditContext } from './core/money/credit.ts';
import type { Gateways } from './core/money/gateway.ts';
import type { JoinContext } from './core/money/join.ts';
import type { Payee } from './core/money/promptpay.ts';
import { portfolioBelongings } from './core/portfolio/join.ts';
import { renewAfterCredit } from './core/rental/afterCredit.ts';
import { issueDocuments } from './core/rental/issue.ts';
import { rentalBelongings } from './core/rental/join.ts';
import type { PdfContext } from './core/rental/pdf.ts';
import type { RentalContext } from './core/rental/write.ts';
import { tradingBelongings } from './core/trading/join.ts';
import type { AccountContext } from './core/trading/port.ts';
import { createVault } from './core/vault.ts';
import { openExchanges } from './drivers/exchanges/accounts.ts';
import { exchangeSources } from './drivers/exchanges/candles.ts';
import { hookGateway } from './drivers/gateways/hook.ts';
import { AlreadyRunning, type InstanceLock, instanceLock } from './drivers/instanceLock.ts';
import { pdfPrinter } from './drivers/pdf/printer.ts';
import { type Postgres, startPostgres } from './drivers/postgres/server.ts';
import { readOrCreateSecret } from './drivers/secrets.ts';

/** Nobody's tax id: it passes the check digit, and no bank will pay it. */
const SANDBOX_PAYEE: Payee = { kind: 'national_id', id: '0000000000001' };

const MIGRATIONS = new URL('../drizzle/migrations', import.meta.url).pathname;
const URL_FILE = 'postgres-url';

/** Money knows nothing of rental; here the two meet: what a credit sets off, and what moves when accounts join. */
export type GroundContext = PdfContext &
  RentalContext &
  CreditContext &
  JoinContext &
  MarketContext &
  AccountContext & { gateways: Gateways };

/** What every entry into the program stands on: the database, the secrets, the gateway, the log. */
export interface Ground {
  log: Logger;
  databaseUrl: string;
  webhookSecrets: readonly string[];
  sandboxPayee: boolean;
  ctx(actor: Actor): GroundContext;
  /** Resolves when the embedded PostgreSQL went away by itself; never for one that is not ours. */
  databaseLost: Promise<void>;
  close(): Promise<void>;
}

/** Names of things that must not be in a log even if somebody logs a whole object. */
const SECRET_FIELDS = [
  'token',
  'secret',
  'password',
  'authorization',
  'signature',
  'qrPayload',
  'payload',
  'code',
  'apiKey',
  'passphrase',
  'sealed',
];

export function createLog(level: string): Logger {
  const paths = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]).filter(
    (path) => !/(^|\.)code$/.test(path),
  );
  return pino({
    level,
    serializers: { err: describeError },
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: '[hidden]' },
  });
}

export async function openGround(config: Config, log: Logger): Promise<Ground> {
  const embedded = config.databaseUrl ? undefined : await openEmbedded(config.dataDir, log);
  const url = config.databaseUrl ?? embedded?.postgres.url ?? '';
  try {
    await migrateDatabase(url, MIGRATIONS);
    return await build(config, log, url, embedded);
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}

/** The same, on the database of the running service when there is one: two programs cannot start one embedded PostgreSQL. */
export async function openGroundBeside(config: Config, log: Logger): Promise<Ground> {
  try {
    return await openGround(config, log);
  } catch (error) {
    if (!(error instanceof AlreadyRunning)) throw error;
    const databaseUrl = await readFile(join(config.dataDir, URL_FILE), 'utf8');
    return openGround({ ...config, databaseUrl }, log);
  }
}

interface Embedded {
  postgres: Postgres;
  lock: InstanceLock;
  close(): Promise<void>;
}

async function openEmbedded(dataDir: string, log: Logger): Promise<Embedded> {
  const lock = await instanceLock(dataDir);
  try {
    const postgres = await startPostgres({ dataDir, log: (line) => log.debug({ postgres: line }, 'postgres') });
    // For `npm run job` beside a running service; it holds the password, so it is for us alone.
    await writeFile(join(dataDir, URL_FILE), postgres.url, { mode: 0o600 });
    const close = async () => {
      await rm(join(dataDir, URL_FILE), { force: true });
      await postgres.stop();
      await lock.release();
    };
    return { postgres, lock, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function build(
  config: Config,
  log: Logger,
  databaseUrl: string,
  embedded: Embedded | undefined,
): Promise<Ground> {
  const { db, close } = connect(databaseUrl);
  const { production, dataDir, promptpay } = config;
  const generated = async () => [
    { id: 'dev', key: Buffer.from(await readOrCreateSecret(dataDir, 'secret-key', 32), 'hex') },
  ];
  const vault = createVault(config.secretKeys ?? (await generated()));
  const webhookSecrets =
    promptpay.webhookSecrets ?? (production ? [] : [await readOrCreateSecret(dataDir, 'webhook-secret', 32)]);
  const payee = promptpay.payee ?? (production ? null : SANDBOX_PAYEE);
  const gateway = hookGateway({ payee, secrets: webhookSecrets });
  const gateways: Gateways = {
    current: gateway,
    byProvider: (provider) => (provider === gateway.provider ? gateway : undefined),
  };
  const newId = idMaker(() => systemClock.now());
  const outside = { baseUrls: config.exchangeBaseUrls, clock: systemClock };
  const ports = {
    candleSources: candleSources([demoSource(systemClock), ...exchangeSources(outside)]),
    vault,
    gateways,
    exchanges: openExchanges(outside),
    pdf: pdfPrinter(),
    issueDocuments,
    onCredit: renewAfterCredit(issueDocuments),
    belongings: [rentalBelongings(issueDocuments), runBelongings, tradingBelongings, portfolioBelongings],
  };
  return {
    log,
    databaseUrl,
    webhookSecrets,
    sandboxPayee: payee === SANDBOX_PAYEE,
    ctx: (actor) => ({ db, clock: systemClock, newId, log, actor, ...ports }),
    databaseLost: embedded?.postgres.exited ?? new Promise(() => {}),
    async close() {
      await close();
      await embedded?.close();
    },
  };
}
