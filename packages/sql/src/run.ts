import type { PlaceAnswer } from '@act-on-token/core';

/**
 * The caller's driver in one function: runs one statement with these parameters, outside of any
 * transaction, and returns a promise of what came of it (or that itself): rows as objects, in an
 * array or in the field `rows`; for `INSERT` and `UPDATE` on MySQL `{ affectedRows }`. Rejects with
 * the driver's own error.
 */
export type Run = (text: string, parameters: string[]) => unknown;

/** The first row; `undefined`: there is none. */
export function firstRow(answer: unknown): Record<string, unknown> | undefined {
  const rows = Array.isArray(answer) ? answer : Object(answer).rows;
  if (!Array.isArray(rows)) throw new StrangeAnswer();
  return rows[0];
}

/** The driver does not give back what the store can read. */
export class StrangeAnswer extends Error {
  override readonly name: string = 'StrangeAnswer';
}

/** Every statement that answers has the columns `version`, `value` and `now`. */
export function placeAnswer({ version, value, now }: Record<string, unknown> = {}): PlaceAnswer & {
  now: number;
} {
  const time = Number(now);
  if (!(time > 0)) throw new StrangeAnswer();
  if (version === null && value === null) return { record: null, now: time };
  return { record: { version: String(version), value: decoded(value) }, now: time };
}

/**
 * PostgreSQL's text cannot hold NUL, which JSON escapes. Only what needs it is escaped, and what
 * looks as if it were.
 */
export const encoded = (value: string): string =>
  /^"|\0/.test(value) ? JSON.stringify(value) : value;

function decoded(value: unknown): string {
  if (typeof value !== 'string') throw new StrangeAnswer();
  return value.startsWith('"') ? JSON.parse(value) : value;
}

/** The codes of an error and of those behind it: wrappers such as Drizzle's keep it as `cause`. */
export function codesOf(error: unknown): readonly unknown[] {
  const { code, errno, errcode, cause } = Object(error) as Record<string, unknown>;
  const behind = typeof cause === 'object' && cause !== null ? codesOf(cause) : [];
  return [code, errno, errcode, ...behind].filter((each) => each !== undefined);
}

const strange =
  'The function that runs statements must give back rows as objects, in an array or in the field "rows" of an object: compare it with the recipes in the README of @act-on-token/sql.';

/** A remedy for the first of these codes that the error has. */
export function remedyFrom(
  remedies: ReadonlyMap<unknown, string>,
): (error: unknown) => string | undefined {
  return (error) =>
    error instanceof StrangeAnswer
      ? strange
      : codesOf(error)
          .map((code) => remedies.get(code))
          .find((remedy) => remedy !== undefined);
}
