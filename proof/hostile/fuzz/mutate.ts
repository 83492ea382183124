import type { Random } from '../../support/random.ts';

/** Words that mean something to some reader, so that chance need not find them letter by letter. */
const words: readonly [string, ...string[]] = [
  ...([
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    'null',
    'true',
    '0',
    '-1',
    '1e999',
    '1e15',
    '9007199254740993',
    '\\u0000',
    '\\ud800',
  ] as const),
  ...[
    '"access_token":"',
    '"refresh_token":"',
    '"expires_in":',
    '"token_type":"',
    '"error":"',
    '"error_description":"',
    '"httpCode":',
    '"fault":',
  ],
  ...[
    'invalid_grant',
    'access_denied',
    'too_many_attempts',
    'Bearer',
    '__proto__',
    'constructor',
    'broken',
    'grant',
    'refresh',
    '200',
    '429',
    '503',
  ],
  ...[
    '"schema":1',
    '"schema":2',
    '"lineage":',
    '"generation":',
    '"pair":',
    '"claim":',
    '"grants":[',
    '"blocked":',
    '"suspect":',
    '"ended":"',
  ],
  ...[
    '"unanswered":',
    '"until":',
    '"at":',
    '"issuedAt":',
    '"expiresAt":',
    '1767225600000',
    '253370764800000',
  ],
  ...[
    '?',
    '&',
    '#',
    '=',
    '%0d%0a',
    '%00',
    '+',
    '//',
    '\\\\',
    '@',
    '/../',
    'code=',
    'state=',
    'error=',
    'iss=',
    'https:',
    'javascript:',
  ],
  ...[
    'refresh-token canary',
    'client-secret-canary',
    'state-canary-1234567890',
    'code-canary-1234567890',
    'https://api.example/',
    'api.example',
  ],
  ...[
    'GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    '\n',
    '\n\n',
    '\r',
    '\t',
    '\0',
    '\ufeff',
    '\u2028',
    'é',
    'text\n',
    'url\n',
    'request\n',
  ],
];
const longest = 4_096;

type Mutation = (input: Buffer, random: Random, other: Buffer) => Buffer;

const spot = (input: Buffer, random: Random): number => random.below(input.length + 1);

/** Two places in order. */
function span(input: Buffer, random: Random): [number, number] {
  const [a, b] = [spot(input, random), spot(input, random)];
  return a < b ? [a, Math.min(b, a + 64)] : [b, Math.min(a, b + 64)];
}

const replaced = (input: Buffer, from: number, to: number, by: Buffer): Buffer =>
  Buffer.concat([input.subarray(0, from), by, input.subarray(to)]);

const insertWord: Mutation = (input, random) => {
  const at = spot(input, random);
  return replaced(input, at, at, Buffer.from(random.pick(words)));
};
const overwriteWord: Mutation = (input, random) => {
  const at = spot(input, random);
  const word = Buffer.from(random.pick(words));
  return replaced(input, at, at + word.length, word);
};
const flip: Mutation = (input, random) => {
  if (input.length === 0) return input;
  const copy = Buffer.from(input);
  const at = random.below(copy.length);
  copy[at] = random.below(2) === 0 ? random.below(256) : (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
};
const cut: Mutation = (input, random) => replaced(input, ...span(input, random), Buffer.alloc(0));
const repeat: Mutation = (input, random) => {
  const [from, to] = span(input, random);
  const part = input.subarray(from, to);
  return replaced(
    input,
    to,
    to,
    Buffer.concat(Array.from({ length: 1 + random.below(8) }, () => part)),
  );
};
const splice: Mutation = (input, random, other) => {
  const [from, to] = span(input, random);
  return replaced(input, from, to, other.subarray(...span(other, random)));
};
const number: Mutation = (input, random) => {
  const text = input.toString('latin1');
  const numbers = [...text.matchAll(/-?\d+/g)];
  const found = numbers[random.below(Math.max(1, numbers.length))];
  if (found === undefined) return input;
  const other = random.pick([
    '0',
    '-1',
    '1.5',
    '1e999',
    String(Number(found[0]) + 1),
    String(Number(found[0]) * 1000),
    '99999999999999999999',
  ]);
  return replaced(input, found.index, found.index + found[0].length, Buffer.from(other));
};

const mutations: readonly [Mutation, ...Mutation[]] = [
  insertWord,
  overwriteWord,
  flip,
  cut,
  repeat,
  splice,
  number,
];

/** A near relative of `input`; `other` lends it a part. */
export function mutate(input: Buffer, other: Buffer, random: Random): Buffer {
  let mutated = input;
  for (let steps = 1 + random.below(4); steps > 0; steps -= 1)
    mutated = random.pick(mutations)(mutated, random, other);
  return mutated.subarray(0, longest);
}
