import { readFileSync } from 'node:fs';
import { fixtures, type UserOptions } from '../options.ts';

/** Where the command may get its users from: only files and variables stay out of process lists. */
export interface UserSources {
  /** The values of `--user`. */
  readonly given: readonly string[];
  /** The values of `--user-file`. */
  readonly files: readonly string[];
  /** The variable `ACT_ON_EMULATOR_USERS`. */
  readonly variable: string | undefined;
}

/**
 * The users of all sources. Throws a TypeError for a line that is not `name:password`, for a name
 * that comes twice and for a file that cannot be read. Its text has no password in it, and nothing
 * of a line that might be one.
 */
export function readUsers({ given, files, variable = '' }: UserSources): UserOptions[] {
  const users = [
    ...given.map((line, i) => readUser(line, `value ${i + 1} of "--user"`)),
    ...files.flatMap((path) => readLines(readFile(path), `of the user file ${path}`)),
    ...readLines(variable, 'of ACT_ON_EMULATOR_USERS'),
  ];
  const names = new Set<string>([fixtures.user.username]);
  for (const { username } of users) {
    if (names.has(username))
      throw new TypeError(`the user "${username}" exists already. Give each user another name.`);
    names.add(username);
  }
  return users;
}

/** One user a line; empty lines and those that begin with `#` count, but are not read. */
function readLines(text: string, where: string): UserOptions[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, i) =>
      line.trim() === '' || line.startsWith('#') ? [] : [readUser(line, `line ${i + 1} ${where}`)],
    );
}

/** A password may contain colons, and blanks at its ends. */
function readUser(line: string, where: string): UserOptions {
  const colon = line.indexOf(':');
  const [username, password] = [line.slice(0, colon).trim(), line.slice(colon + 1)];
  if (colon === -1 || username === '' || password.trim() === '')
    throw new TypeError(`${where} is not a user. Write the name, a colon and the password.`);
  return { username, password };
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new TypeError(
      `the user file ${path} cannot be read (${code}). Give the path of a file with one name:password per line.`,
    );
  }
}
