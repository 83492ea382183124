// What a table of options promises, and the values that prove it. Pure.

/** As core has it; every package's tables have this form. */
export type Rule = readonly [is: unknown, fallback?: unknown, must?: string | undefined];

/** One function that takes options, and how a test calls it. */
export interface Table {
  /**
   * The type that the package exports, or another name for options that have no type of their own.
   */
  readonly type: string;
  readonly rules: Readonly<Record<string, Rule>>;
  /** Options that work, all of those that are required. */
  readonly good: object;
  /** Throws, or rejects, for wrong options. */
  make(options: object): unknown;
  /**
   * What the values of an option are called in messages, if not by its name: `grantLimit.limit`.
   */
  readonly prefix?: string;
  /** For options whose rule is a test: more values that it refuses, and values that it takes. */
  readonly wrong?: Readonly<Record<string, readonly unknown[]>>;
  readonly right?: Readonly<Record<string, readonly unknown[]>>;
  /** Whether there may be no options at all. */
  readonly isOptional?: boolean;
  /** What each message names, where it is not the option. */
  readonly named?: string;
  /** Options that may be `null`. */
  readonly nullable?: readonly string[];
  /** Whether other names are refused: then none is suggested. */
  readonly isClosed?: boolean;
  /** Default: `configuration`. */
  readonly refusal?: 'configuration' | 'TypeError';
}

export interface Trial {
  readonly option: string;
  readonly value: unknown;
}

const noText: readonly unknown[] = [7, Number.NaN, true, {}, [], ['x'], () => 'x'];
const slips: readonly unknown[] = [
  '',
  ' ',
  '\t',
  'canary\n',
  'canary\r',
  'canary\r\n',
  '\0canary',
  'can\u0007ary',
  '\ud800canary',
];

/** Values that an option must not have. */
export function wrongValues({ rules, wrong = {}, nullable = [] }: Table, option: string): Trial[] {
  const [is, fallback] = rules[option] ?? [];
  const required = fallback === null ? [undefined] : [];
  return [
    ...(nullable.includes(option) ? [] : [null]),
    ...required,
    ...wrongFor(is),
    ...(wrong[option] ?? []),
  ].map((value) => ({
    option,
    value,
  }));
}

function wrongFor(is: unknown): readonly unknown[] {
  if (is === 'boolean') return ['', 'true', 'false', 0, 1, Number.NaN, {}, [], () => true];
  if (is === 'function')
    return [
      '',
      'canary',
      0,
      7,
      Number.NaN,
      true,
      {},
      [],
      { username: 'canary', password: 'canary' },
      Promise.resolve(),
    ];
  if (is === 'string') return noText;
  if (is === 'text') return wrongNames;
  if (is === 'secret') return wrongTexts.filter((text) => text !== ' ');
  if (is === 'object') return ['', 'canary', 0, 7, Number.NaN, true, () => ({})];
  if (typeof is === 'string') return ['', 'canary', 7, true, {}, [], () => ({}), halfOf(is)];
  if (typeof is === 'function') return [];
  const [least, most, whole] = is as readonly [unknown, unknown, boolean?];
  if (typeof least === 'string')
    return [...noText, '', ' ', least.toUpperCase(), `${least} `, 'constructor', '__proto__'];
  return [...wrongNumbers(Number(least), Number(most)), ...(whole ? [Number(least) + 0.5] : [])];
}

function wrongNumbers(least: number, most: number): readonly unknown[] {
  const beyond = [
    least - 1,
    most < Number.MAX_SAFE_INTEGER ? most + 1 : 0 / 0,
    -1e9,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
  ];
  const infinite = most === Number.POSITIVE_INFINITY ? [] : [Number.POSITIVE_INFINITY];
  return [
    ...beyond,
    ...infinite,
    `${least}`,
    '',
    ' ',
    '10s',
    true,
    {},
    [],
    [least],
    () => least,
    BigInt(Math.ceil(least)),
    new Date(),
  ];
}

/** All but the last of the functions. */
function halfOf(methods: string): object {
  return Object.fromEntries(
    methods
      .split(' ')
      .slice(0, -1)
      .map((name) => [name, () => {}]),
  );
}

/** Values that an option must take. */
export function rightValues({ rules, right = {} }: Table, option: string): Trial[] {
  const [is, fallback] = rules[option] ?? [];
  const values = [
    ...(fallback === null ? [] : [undefined]),
    ...rightFor(is),
    ...(right[option] ?? []),
  ];
  return values.map((value) => ({ option, value }));
}

function rightFor(is: unknown): readonly unknown[] {
  if (is === 'boolean') return [true, false];
  if (is === 'function') return [() => {}, async () => {}, class {}];
  if (!Array.isArray(is)) return [];
  return typeof is[0] === 'string' ? is : is.slice(0, 2);
}

/** For every option whose test takes texts: what it must refuse. */
export const wrongTexts: readonly unknown[] = [...noText, ...slips];
/** What nobody means literally. */
export const wrongNames: readonly unknown[] = [
  ...wrongTexts,
  ...[' canary', 'canary ', 'canary\u00a0', '\ufeffcanary', '"canary"', "'canary'", '`canary`'],
  ...['undefined', 'null', '$CANARY', '\u0024{CANARY}', '%CANARY%', '<canary>'],
];

/** Names that differ from an option's in a way that somebody mistypes it. */
export function misspellings(option: string, others: readonly string[]): string[] {
  const snake = option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const last = option.length - 1;
  const typos = [
    option.slice(0, last),
    option.slice(0, 2) + option.slice(3),
    `${option}x`,
    swapped(option, last - 2),
    `${option.slice(0, last)}q`,
  ];
  const spellings = [
    option.toUpperCase(),
    option.toLowerCase(),
    snake,
    snake.replaceAll('_', '-'),
    option[0]?.toUpperCase() + option.slice(1),
  ];
  return [...new Set([...spellings, ...(option.length < 5 ? [] : typos)])].filter(
    (name) => name !== option && !others.includes(name),
  );
}

function swapped(text: string, at: number): string {
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}
