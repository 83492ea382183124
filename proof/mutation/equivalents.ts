/** A change that makes no difference to anybody, and why. */
export interface Equivalent {
  /** Below packages/core/src. */
  readonly file: string;
  /** The whole line, without its indent. */
  readonly line: string;
  /** Where the changed part begins: at the first place of this text in the line. */
  readonly at: string;
  /** What stands there instead; default: whatever. */
  readonly replacement?: string;
  readonly why: string;
}

const compiler =
  'The check is for the compiler: what comes before or after it has settled the matter.';
const nothing = 'Null is above no time, for none is below 1970.';
const noText = 'Nothing is looked for that is empty or was made up.';

/** Each by file, line, place and replacement. */
const listed: readonly [
  file: string,
  line: string,
  at: string,
  replacement: string | null,
  why: string,
][] = [
  [
    'machine.ts',
    'if (pair === null || !canRefresh(record)) return Number.POSITIVE_INFINITY;',
    'pair === null',
    'false',
    compiler,
  ],
  [
    'machine.ts',
    "if (blocked !== null && blocked > now) return waitOr(blocked, now, 'rate_limited');",
    'blocked !== null',
    'true',
    nothing,
  ],
  [
    'record.ts',
    "if (typeof found.schema === 'number' && found.schema > 1) throw newerSchema(found.schema);",
    "typeof found.schema === 'number'",
    'true',
    'What is no number and above 1 all the same is a text of digits, and the check of the fields refuses it.',
  ],
  [
    'record.ts',
    "return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : null;",
    'parsed !== null',
    'true',
    'Null passes as null.',
  ],
  [
    'record.ts',
    "const isTime: Check = (value) => typeof value === 'number' && Number.isFinite(value);",
    "typeof value === 'number'",
    null,
    'Number.isFinite() is true of numbers alone, and JSON has no others.',
  ],
  [
    'record.ts',
    'return Object.keys(fields).find((name) => !fields[name]?.(value[name])) ?? null;',
    'fields[name]?.(value[name])',
    null,
    compiler,
  ],
  [
    'wire/authorization.ts',
    "if (code === null || code === '') throw refused('it carries no \"code\"');",
    "''",
    null,
    'Nobody sends such a code.',
  ],
  [
    'wire/authorization.ts',
    "function quoted(query: URLSearchParams, { state, codeVerifier = '' }: ExpectedCallback): string {",
    "''",
    null,
    noText,
  ],
  [
    'wire/authorization.ts',
    "const secrets = [codeVerifier, state, query.get('code') ?? ''];",
    "''",
    null,
    noText,
  ],
  [
    'wire/token-response.ts',
    'const body = text === null ? null : parseObject(text);',
    'text === null',
    'false',
    'JSON.parse(null) is null.',
  ],
  [
    'wire/token-response.ts',
    "return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;",
    'value !== null',
    'true',
    'Null passes as null.',
  ],
  [
    'wire/token-response.ts',
    "const seconds = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn;",
    'expiresIn.trim()',
    null,
    'A blank text is the number 0, which is as good as none.',
  ],
  [
    'wire/token-response.ts',
    "const seconds = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn;",
    "''",
    null,
    'A blank text is the number 0, which is as good as none.',
  ],
  [
    'wire/token-response.ts',
    "return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 300_000;",
    "typeof seconds === 'number'",
    'true',
    'Number.isFinite() is true of numbers alone.',
  ],
  [
    'machine.ts',
    'const wasProbed = (record.pair?.unanswered ?? 0) > (mine.record.pair?.unanswered ?? 0);',
    'record.pair?.unanswered',
    null,
    compiler,
  ],
  [
    'machine.ts',
    'const wasProbed = (record.pair?.unanswered ?? 0) > (mine.record.pair?.unanswered ?? 0);',
    'mine.record.pair?.unanswered',
    null,
    compiler,
  ],
  [
    'machine.ts',
    'return pair === null ? rest : { ...rest, pair: { ...pair, unanswered: Math.max(0, pair.unanswered - 1) } };',
    'pair === null',
    'false',
    compiler,
  ],
  [
    'machine.ts',
    'return index < 0 ? times : times.filter((_, at) => at !== index);',
    'index < 0',
    'false',
    'A copy without the element at -1 is the same list.',
  ],
  [
    'machine.ts',
    "const refreshToken = request.imported ?? (purpose === 'grant' ? null : (record.pair?.refreshToken ?? null));",
    'record.pair?.refreshToken',
    null,
    compiler,
  ],
  ['machine.ts', 'if (pair === null) return null;', 'pair === null', 'false', compiler],
  [
    'wire/endpoint.ts',
    'if (scope.document !== undefined && scope.window !== undefined) return true;',
    'scope.window !== undefined',
    'true',
    'Whatever has a document has a window; Deno once had a window alone.',
  ],
  [
    'wire/endpoint.ts',
    "return globalThis.navigator?.userAgent !== 'Cloudflare-Workers';",
    'globalThis.navigator?.userAgent',
    null,
    'Every worker scope has a navigator.',
  ],
  [
    'wire/endpoint.ts',
    'if (scope.WorkerGlobalScope === undefined || scope.Deno !== undefined || scope.process !== undefined) return false;',
    'scope.WorkerGlobalScope === undefined',
    'false',
    'Without a document, without Deno and without a process there is only a worker.',
  ],
  [
    'wire/endpoint.ts',
    "const key = await crypto.subtle.importKey('raw', bytes.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);",
    'false',
    'true',
    'The key never leaves the function.',
  ],
  [
    'wire/endpoint.ts',
    "return !local && /^(\\[|\\d+(\\.\\d+){3}$)/.test(url.hostname) ? 'has an IP address where a certificate needs a name' : null;",
    '/^(',
    null,
    'A host name that ends in four numbers is no host name to any URL parser.',
  ],
  [
    'wire/authorization.ts',
    "if (typeof expected !== 'object' || expected === null) throw refused('nothing was kept of a sign-in that began here');",
    "typeof expected !== 'object'",
    'false',
    'What is no object has no state, and is refused for that.',
  ],
  [
    'wire/authorization.ts',
    "if (code === null || code === '') throw refused('it carries no \"code\"');",
    "code === ''",
    null,
    'An empty code is refused as a grant.',
  ],
  [
    'wire/token-response.ts',
    "return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;",
    "typeof value === 'object'",
    'true',
    'A text or a number has no members of its own by these names.',
  ],
  [
    'wire/token-response.ts',
    "return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;",
    '!Array.isArray',
    'true',
    'A list has no members by these names.',
  ],
];

export const equivalents: readonly Equivalent[] = listed.map(
  ([file, line, at, replacement, why]) =>
    replacement === null ? { file, line, at, why } : { file, line, at, replacement, why },
);
