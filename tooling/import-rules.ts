// Which way imports point. Pure: imports.test.ts reads the files and asks here.

/** One import line of one source file. */
export interface Import {
  /** The package's folder name: `core`. */
  readonly pkg: string;
  /** The importing file, from the package's src folder: `session/wake.ts`. */
  readonly file: string;
  /** What it imports, as written. */
  readonly from: string;
  /** Whether it vanishes from the built JavaScript. */
  readonly isTypeOnly: boolean;
}

/** Packages that any runtime must be able to load. */
const portable = [
  ...['core', 'memory', 'indexeddb', 'store-kit', 'ky', 'react', 'broker', 'oauth', 'throttle'],
  ...['sql', 'cloudflare', 'deno-kv', 'dynamodb', 'api'],
];

/**
 * What files in core's session/ may use of the rest of core; `wire/` stands for all files in it.
 */
const openToSession = [
  ...['options.ts', 'machine.ts', 'record.ts', 'store.ts', 'timed-store.ts', 'key.ts', 'errors.ts'],
  ...['clock.ts', 'bell.ts', 'semaphore.ts'],
];

/**
 * The spine of session/, from the public object down to the store. Nothing imports a file that
 * comes before it, not even a type.
 */
export const spine = [
  ...[
    'session.ts',
    'activity.ts',
    'background.ts',
    'token-source.ts',
    'sign-in.ts',
    'parts.ts',
    'token-request.ts',
    'commit.ts',
  ],
  ...[
    'record-wait.ts',
    'credentials.ts',
    'wait.ts',
    'announcer.ts',
    'describe.ts',
    'account.ts',
    'cached-record.ts',
    'options.ts',
  ],
  ...[
    'pool-state.ts',
    'history.ts',
    'snapshot.ts',
    'back-off.ts',
    'derive-events.ts',
    'messages.ts',
    'events.ts',
    'wake.ts',
  ],
];

/**
 * The one place that hides a name from bundlers: a page that only wants the emulator's fetch must
 * not be bundled with a server.
 */
const hiddenFromBundlers = 'emulator/serve.ts';
/**
 * The part of the store kit that starts processes with sessions: it runs in Node alone, against the
 * emulator.
 */
const isFleet = ({ pkg, file }: Import): boolean =>
  pkg === 'store-kit' && /^(fleet\/.+|store-fleet\.ts)$/.test(file);
/** What cli may use beside core: it chooses a store for its user. */
const openToCli = ['@act-on-token/api', '@act-on-token/file', '@act-on-token/redis'];

/** What an import says whose name is not a literal. */
export const computed = 'something computed';

/**
 * Why this import is not allowed, or null if it is. `declared` are the dependencies and peer
 * dependencies of the package, and what it bundles.
 */
export function violation(line: Import, declared: readonly string[]): string | null {
  const target = targetInPackage(line);
  if (target !== null) return violationInside(line, target);
  return violationOutside(line, declared);
}

/** The imported file, from the package's src folder; null if the import names a package. */
function targetInPackage({ file, from }: Import): string | null {
  if (!from.startsWith('.')) return null;
  const path = file.split('/').slice(0, -1);
  for (const step of from.split('/')) {
    if (step === '..' && path.length > 0 && path.at(-1) !== '..') path.pop();
    else if (step !== '.') path.push(step);
  }
  return path.join('/');
}

function violationInside({ pkg, file }: Import, target: string): string | null {
  if (target.startsWith('..')) return 'a package imports files of its own src folder only';
  if (pkg !== 'core') return null;
  const [from, to] = [partOfCore(file), partOfCore(target)];
  if (from === 'machine.ts' && to === 'wire/') return 'the machine knows nothing of the wire';
  if (from === 'wire/' && to === 'machine.ts') return 'the wire knows nothing of the machine';
  if (from === 'session/' && to === 'session/')
    return goesUp(file, target) ? 'session/ imports only downward, as `spine` says' : null;
  if (from === 'session/')
    return to === 'session/' || to === 'wire/' || openToSession.includes(to)
      ? null
      : `session/ may not use ${target}`;
  return to === 'session/' && from !== 'index.ts' && from !== 'pool.ts'
    ? 'only index.ts and pool.ts use session/'
    : null;
}

function goesUp(file: string, target: string): boolean {
  const [from, to] = [file, target].map((path) => spine.indexOf(path.replace('session/', ''))) as [
    number,
    number,
  ];
  return to <= from;
}

/** A folder counts as one part. */
function partOfCore(file: string): string {
  const [first = '', ...rest] = file.split('/');
  return rest.length > 0 ? `${first}/` : first;
}

function violationOutside(
  { pkg, file, from, isTypeOnly }: Import,
  declared: readonly string[],
): string | null {
  if (pkg === 'core') return 'core imports nobody';
  if (isFleet({ pkg, file, from, isTypeOnly }))
    return from.startsWith('node:') || declared.includes(nameOf(from)) || from === computed
      ? null
      : `${nameOf(from)} is not in the dependencies of ${pkg}`;
  if (from === computed && `${pkg}/${file}` === hiddenFromBundlers) return null;
  if (from.startsWith('node:'))
    return portable.includes(pkg) ? `${pkg} runs everywhere, so it imports nothing of Node` : null;
  if (from.startsWith('@act-on-token/')) return violationBetween(pkg, from, isTypeOnly, declared);
  return declared.includes(nameOf(from))
    ? null
    : `${nameOf(from)} is not in the dependencies of ${pkg}`;
}

function violationBetween(
  pkg: string,
  from: string,
  isTypeOnly: boolean,
  declared: readonly string[],
): string | null {
  if (pkg === 'emulator') return 'the emulator knows nothing of the library that is tested with it';
  const isOpen = from === '@act-on-token/core' || (pkg === 'cli' && openToCli.includes(from));
  if (!isOpen) return 'packages import nothing of each other but @act-on-token/core';
  if (pkg === 'store-kit' && !isTypeOnly) return 'the store kit uses only types of core';
  return declared.includes(from) ? null : `${from} is not in the dependencies of ${pkg}`;
}

/** `hono` for `hono/cookie`, `@scope/name` for `@scope/name/part`. */
function nameOf(from: string): string {
  return from.split('/', from.startsWith('@') ? 2 : 1).join('/');
}
