import { checkOptions, type OptionRule } from '@act-on-token/core';

export type SqlDialect = 'postgres' | 'mysql' | 'sqlite';

export const tableRule: OptionRule = [
  (table) => typeof table === 'string' && /^([a-z_]\w{0,62}\.)?[a-z_]\w{0,62}$/i.test(table),
  'act_on_token',
  'a name of letters, digits and underscores, or two joined by a dot: schema and table',
];

const schemaRules = {
  dialect: [['postgres', 'mysql', 'sqlite'], null] as OptionRule,
  table: tableRule,
};

/**
 * The statement that makes the table of a store, for a migration or for the start of a program. It
 * changes nothing where the table is there, and many programs may run it at once. `table`: its
 * name, if it is not `act_on_token`. Throws `configuration` for a dialect that there is not, or
 * another kind of name.
 */
export function sqlSchema(dialect: SqlDialect, table: string = 'act_on_token'): string {
  checkOptions('sqlSchema()', schemaRules, { dialect, table });
  return schemas[dialect](table);
}

/** The key is a digest in hex, the version 32 hex digits; a value has some thousand characters. */
const schemas: Readonly<Record<SqlDialect, (table: string) => string>> = {
  // Of two that make it at once, one fails, in spite of IF NOT EXISTS.
  postgres: (table) => `DO $$ BEGIN
  CREATE TABLE IF NOT EXISTS ${table} (
    key text COLLATE "C" PRIMARY KEY,
    version text NOT NULL,
    value text NOT NULL
  ) WITH (fillfactor = 50);
EXCEPTION WHEN duplicate_table OR duplicate_object OR unique_violation THEN NULL;
END $$`,
  mysql: (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  \`key\` CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  value MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
) ENGINE = InnoDB`,
  sqlite: (table) => `CREATE TABLE IF NOT EXISTS ${table} (
  key TEXT NOT NULL PRIMARY KEY,
  version TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL
)`,
};
