export type { Listen } from './listener.ts';
export { type MysqlStoreOptions, mysqlStore } from './mysql-store.ts';
export { type PostgresStoreOptions, postgresStore } from './postgres-store.ts';
export type { Run } from './run.ts';
export { type SqlDialect, sqlSchema } from './sql-schema.ts';
export { type SqliteStoreOptions, sqliteStore } from './sqlite-store.ts';
