import { systemClock } from './clock.ts';
import { misconfigured } from './errors.ts';

/**
 * What a value must be: what `typeof` says; `text` (an id, a key or a name: not empty, without
 * control characters, and not what no one means literally, such as quotes around it or a variable
 * that was not expanded) or `secret` (not empty, without control characters); the functions that an
 * object has ("read swap"); the bounds of a number of milliseconds, or of a whole number; the texts
 * there are; or a test. `null` never passes.
 */
export type OptionTest =
  | string
  | readonly [least: number, most: number, whole?: boolean]
  | readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: what a caller hands in.
  | ((value: any) => boolean);

/**
 * One option: its test, its default, and how the sentence `"name" must be …` ends where the test
 * does not say it. The default `null` means that the option is required.
 */
export type OptionRule = readonly [is: OptionTest, fallback?: unknown, must?: string | undefined];

/**
 * One rule for each option. Written without a call, so that a bundler drops a table that nothing
 * uses.
 */
export type OptionRules<Options> = { readonly [Name in keyof Required<Options>]: OptionRule };

/** The options with their defaults; `Defaulted` names those that have one. */
export type CheckedOptions<Options, Defaulted extends keyof Options> = Options & {
  readonly [Name in Defaulted]-?: Exclude<Options[Name], undefined>;
};

/**
 * Checks the options of the function `owner` against its table and returns a copy with the defaults
 * filled in. A name that is not in the table passes, unless it is a misspelling. Throws
 * `configuration`, naming the option and never its value.
 */
export function checkOptions<Options extends object, Defaulted extends keyof Options = never>(
  owner: string,
  rules: OptionRules<Options>,
  given: Options,
  prefix: string = '',
): CheckedOptions<Options, Defaulted> {
  const names = Object.keys(rules);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw misconfigured(`${owner} takes an object with "${names.join('", "')}".`);
  const values = given as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    const meant = names.includes(name)
      ? undefined
      : names.find((known) => isMisspelt(name, known, values));
    if (meant !== undefined)
      throw misconfigured(`There is no option "${prefix}${name}". Write "${prefix}${meant}".`);
  }
  const checked = names.map((name) => [
    name,
    checkOption(prefix + name, rules[name as keyof Options], values[name]),
  ]);
  return Object.fromEntries(checked) as CheckedOptions<Options, Defaulted>;
}

/** The value if it passes, or the default in place of `undefined`. */
export function checkOption(
  name: string,
  [is, fallback, must]: OptionRule,
  value: unknown = fallback,
): unknown {
  if (value === undefined || (value !== null && passes(is, value))) return value;
  throw misconfigured(`"${name}" must be ${must ?? wording(is)}.`);
}

function passes(is: OptionTest, value: unknown): boolean {
  if (typeof is === 'function') return is(value);
  if (is === 'text') return passes('secret', value) && !slip.test(value as string);
  if (is === 'secret')
    return typeof value === 'string' && value !== '' && !/[\p{Cc}\p{Cs}]/u.test(value);
  if (typeof is === 'string')
    return (
      typeof value === is ||
      is
        .split(' ')
        .every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
    );
  const [least, most, whole] = is as readonly [number, number, boolean?];
  if (typeof value === 'string') return (is as readonly unknown[]).includes(value);
  return (
    typeof value === 'number' && value >= least && value <= most && (!whole || value % 1 === 0)
  );
}

/** White space or quotes around it, a variable that was not set or not expanded, a placeholder. */
const slip = /^\s|\s$|^(undefined|null|(["'`]).*\2|\$\{?\w+\}?|%\w+%|<.*>)$/;

const words: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  secret:
    'a non-empty string without control characters. A line end at its end comes from an env file with CRLF, or from echo without -n',
  text: 'a non-empty string, not a placeholder, without quotes or white space around it or control characters. A line end at its end comes from an env file with CRLF, or from echo without -n',
};

function wording(is: OptionTest): string {
  if (typeof is !== 'object') return words[is as string] ?? `a ${is}`;
  const [least, most, whole] = is;
  if (typeof least === 'string') return `"${is.join('" or "')}"`;
  return `from ${least.toLocaleString('en')} to ${most?.toLocaleString('en')}${whole ? ', a whole number' : ' ms, a number'}`;
}

/**
 * Whether only case or separators differ, or one letter but the first, or the order of the letters.
 * A plural next to the option itself is something of the caller's: options may be spread from a
 * bigger object.
 */
function isMisspelt(name: string, known: string, given: Record<string, unknown>): boolean {
  const lettersOf = (text: string) => text.replace(/[\W_]/g, '').toLowerCase();
  const [letters, wanted] = [lettersOf(name), lettersOf(known)];
  if (letters === wanted) return true;
  if (
    wanted.length < 5 ||
    letters[0] !== wanted[0] ||
    (letters === `${wanted}s` && given[known] !== undefined)
  )
    return false;
  let missing = wanted;
  for (const letter of letters) missing = missing.replace(letter, '');
  return missing.length < 2 && letters.length - wanted.length + missing.length < 2;
}

export const aDay = 86_400_000;
export const aClock: OptionRule = [
  'now monotonic setTimeout clearTimeout',
  systemClock,
  'a whole Clock',
];
export const aStore: OptionRule = [
  'read swap watch close',
  null,
  'a token store, such as memoryStore()',
];
