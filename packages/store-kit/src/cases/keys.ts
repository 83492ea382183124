import { expectRecord, expectWon } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type Open, type StoreCase, storeCase } from '../store-case.ts';

/** Keys that some place to store things takes for one, or takes apart. */
const alike: ReadonlyArray<
  readonly [difference: string, keysWith: (id: string) => readonly string[]]
> = [
  ['only in upper and lower case', (id) => [`${id}-ada`, `${id}-ADA`, `${id}-Ada`]],
  [
    'only in their Unicode normal form',
    (id) => [`${id}-\u00e9`, `${id}-e\u0301`, `${id}-\ufb01`, `${id}-fi`],
  ],
  ['only in white space', (id) => [id, ` ${id}`, `${id} `, `${id}\t`, `${id}\n`, `${id}\r\n`]],
  ['only in what follows a NUL', (id) => [id, `${id}\0`, `${id}\0a`, `${id}\0b`]],
  ['only in what follows a colon', (id) => [id, `${id}:`, `${id}:a`, `${id}:a:`, `${id}:a:b`]],
  [
    'in characters that patterns know',
    (id) => [`${id}a`, `${id}*`, `${id}?`, `${id}.`, `${id}[a]`, `${id}%`, `${id}_`],
  ],
  [
    'in characters that paths know',
    (id) => [`${id}/a`, `${id}\\a`, `${id}/./a`, `${id}/b/../a`, `${id}%2Fa`, `../${id}/a`],
  ],
  ['in braces', (id) => [`{${id}}a`, `{${id}}b`, `${id}{}`, `${id}{a}`, `{${id}`]],
  [
    'only in the last of ten thousand characters',
    (id) => ['a', 'b', 'ba'].map((end) => `${id}-${'k'.repeat(10_000)}${end}`),
  ],
  [
    'as JSON texts do',
    (id) =>
      [
        ['act-on', id, 'ada'],
        ['act-on', `${id}","ada`],
        ['act-on', id, 'ada', ''],
        [`act-on","${id}`, 'ada'],
      ].map((parts) => JSON.stringify(parts)),
  ],
];

export const keyCases: readonly StoreCase[] = alike.map(([difference, keysWith]) =>
  storeCase(`keeps keys apart that differ ${difference}`, (open) =>
    expectApart(open, keysWith(freshKey())),
  ),
);

async function expectApart(open: Open, keys: readonly string[]): Promise<void> {
  const [writer, reader] = [await open(), await open()];
  const written = keys.map((key) => ({ key, record: freshRecord() }));
  for (const { key, record } of written) {
    expectWon(
      await writer.swap(key, null, record),
      record,
      `no other key may share the record of ${show(key)}.`,
    );
  }
  for (const { key, record } of written) {
    expectRecord(
      (await reader.read(key)).record,
      record,
      `no other key may share the record of ${show(key)}.`,
    );
  }
}

function show(key: string): string {
  const text = JSON.stringify(key);
  return text.length > 80 ? `a key of ${key.length} characters` : text;
}
