/** Every table, gathered for drizzle-kit. */
export { auditEntry, auditHead } from './audit.ts';
export * from './backtest/tables.ts';
export * from './chats/tables.ts';
export * from './market/tables.ts';
export * from './money/tables.ts';
export * from './notices/tables.ts';
export * from './ops/tables.ts';
export * from './people/tables.ts';
export * from './portfolio/tables.ts';
export * from './rental/documentTables.ts';
export * from './rental/tables.ts';
export { settingTable } from './setting.ts';
export * from './trading/tables.ts';
