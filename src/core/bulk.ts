import { getTableColumns, getTableName, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { columnName, type Db } from './db.ts';

/**
 * Many rows in one statement. They travel as one JSON parameter, so that the text of the statement, which PostgreSQL
 * prepares once, is the same for one row as for a thousand.
 */
type Rows<T extends PgTable> = readonly T['$inferInsert'][];

interface Shape {
  table: string;
  keys: string[];
  columns: PgColumn[];
}

/** The columns that the first row gives; the others of one call give the same. */
function shapeOf<T extends PgTable>(table: T, rows: Rows<T>): Shape {
  const all = getTableColumns(table);
  const keys = Object.keys(rows[0] ?? {}).filter((key) => key in all);
  return { table: `"${getTableName(table)}"`, keys, columns: keys.map((key) => all[key] as PgColumn) }; // filtered above
}

function asJson<T extends PgTable>(rows: Rows<T>, { keys, columns }: Shape): string {
  const names = columns.map((column) => columnName(column).slice(1, -1));
  const plain = rows.map((row) =>
    Object.fromEntries(keys.map((key, i) => [names[i], (row as Record<string, unknown>)[key] ?? null])),
  );
  return JSON.stringify(plain, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

function recordset<T extends PgTable>(rows: Rows<T>, shape: Shape): SQL {
  const types = shape.columns.map((column) => `${columnName(column)} ${column.getSQLType()}`).join(', ');
  return sql`jsonb_to_recordset(${asJson(rows, shape)}::jsonb) as r(${sql.raw(types)})`;
}

function insertOf<T extends PgTable>(table: T, rows: Rows<T>): { shape: Shape; text: SQL } {
  const shape = shapeOf(table, rows);
  const names = shape.columns.map(columnName).join(', ');
  return {
    shape,
    text: sql`insert into ${sql.raw(shape.table)} (${sql.raw(names)}) select ${sql.raw(names)} from ${recordset(rows, shape)}`,
  };
}

/** Inserts rows; one whose unique key is there already is left as it is. Answers how many are new. */
export async function insertRows<T extends PgTable>(db: Db, table: T, rows: Rows<T>): Promise<number> {
  if (rows.length === 0) return 0;
  return (await db.execute(sql`${insertOf(table, rows).text} on conflict do nothing`)).count;
}

/** Compares with a list whose length does not change the text of the statement. */
export const among = (column: SQLWrapper, values: readonly string[]): SQL =>
  sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;

/** Inserts rows, or brings those that are there, by `key`, to what is given here. In the order in which they are given. */
export async function upsertRows<T extends PgTable>(
  db: Db,
  table: T,
  key: readonly string[],
  rows: Rows<T>,
): Promise<void> {
  if (rows.length === 0) return;
  const { shape, text } = insertOf(table, rows);
  const named = shape.columns.map((column, i) => ({ key: shape.keys[i] ?? '', name: columnName(column) }));
  const target = named.filter((column) => key.includes(column.key)).map(({ name }) => name);
  const sets = named.filter((column) => !key.includes(column.key)).map(({ name }) => `${name} = excluded.${name}`);
  await db.execute(sql`${text} on conflict (${sql.raw(target.join(', '))}) do update set ${sql.raw(sets.join(', '))}`);
}
