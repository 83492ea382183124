import { expectRecord } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type Open, type StoreCase, storeCase } from '../store-case.ts';

// A value is text in well-formed Unicode, and nothing else is promised: a sealed one is no JSON.
const texts: ReadonlyArray<readonly [name: string, value: string]> = [
  ['an empty value', ''],
  ['a value of 64 kB', 'sixteen letters!'.repeat(4_000)],
  [
    'control characters',
    `${Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('')}\x7f\x85\u2028\u2029\ufeff`,
  ],
  ['line ends as they are', 'a\r\nb\nc\rd\n'],
  ['white space at both ends', '  \t value \n '],
  ['the normal form that was written', 'e\u0301 \u00e9 \u212b \ufb01'],
  ['characters beyond the basic plane', '\u{1f511} \u{10ffff} \u{2f81a} \uffff'],
  [
    'text that looks like something else',
    '{"a":1} \'; -- \\ \\u0000 %00 &amp; <b> $1 #{x} 007 1e3 null',
  ],
  ['text that looks like a number', '0012345678901234567890'],
];

export const valueCases: readonly StoreCase[] = texts.map(([name, value]) =>
  storeCase(`keeps ${name}`, (open) => expectKept(open, value)),
);

async function expectKept(open: Open, value: string): Promise<void> {
  const [writer, reader, key, record] = [
    await open(),
    await open(),
    freshKey(),
    freshRecord(value),
  ];
  const rule = 'a value must come back as it was written, character by character.';
  expectRecord((await writer.swap(key, null, record)).record, record, rule);
  expectRecord((await reader.read(key)).record, record, rule);
}
