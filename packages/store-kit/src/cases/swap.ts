import type { TokenStore } from '@act-on-token/core';
import { expectLost, expectRecord, expectThat, expectWon } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type StoreCase, storeCase } from '../store-case.ts';

const reaches: readonly TokenStore['reach'][] = ['process', 'machine', 'origin', 'network'];

export const swapCases: readonly StoreCase[] = [
  storeCase('names how far its records are seen', async (open) => {
    const { reach } = await open();
    expectThat(
      reaches.includes(reach),
      `reach must be one of ${reaches.join(', ')}.`,
      `it is ${reach}.`,
    );
  }),

  storeCase('reads no record under a key that was never written', async (open) => {
    const { record } = await (await open()).read(freshKey());
    expectThat(
      record === null,
      'an unknown key must read as null.',
      `it read as ${JSON.stringify(record)}.`,
    );
  }),

  storeCase('writes the first record where none is expected', async (open) => {
    const [store, key, first] = [await open(), freshKey(), freshRecord()];
    expectWon(
      await store.swap(key, null, first),
      first,
      'a swap that expects no record must win where there is none.',
    );
    expectRecord(
      (await store.read(key)).record,
      first,
      'a read must give what the last swap wrote.',
    );
  }),

  storeCase('replaces a record whose version is the expected one', async (open) => {
    const [store, key, first, second] = [await open(), freshKey(), freshRecord(), freshRecord()];
    await store.swap(key, null, first);
    expectWon(
      await store.swap(key, first.version, second),
      second,
      'a swap that expects the version that stands must win.',
    );
    expectRecord(
      (await store.read(key)).record,
      second,
      'a read must give what the last swap wrote.',
    );
  }),

  storeCase('shows to every handle what one of them wrote', async (open) => {
    const [writer, reader, key, first, second] = [
      await open(),
      await open(),
      freshKey(),
      freshRecord(),
      freshRecord(),
    ];
    await writer.swap(key, null, first);
    expectRecord(
      (await reader.read(key)).record,
      first,
      'a handle must read what another one wrote.',
    );
    await writer.swap(key, first.version, second);
    expectRecord(
      (await reader.read(key)).record,
      second,
      'a handle that has read must read again, not from a copy of its own.',
    );
  }),

  storeCase('refuses a swap that expects another version', async (open) => {
    const [store, key, first] = [await open(), freshKey(), freshRecord()];
    await store.swap(key, null, first);
    const result = await store.swap(key, freshRecord().version, freshRecord());
    expectLost(
      result,
      first,
      'a swap that expects another version than the one that stands must lose.',
    );
    expectRecord((await store.read(key)).record, first, 'a swap that lost must change nothing.');
  }),

  storeCase('refuses a swap that expects no record where there is one', async (open) => {
    const [store, key, first] = [await open(), freshKey(), freshRecord()];
    await store.swap(key, null, first);
    const result = await store.swap(key, null, freshRecord());
    expectLost(result, first, 'a swap that expects no record must lose where there is one.');
    expectRecord((await store.read(key)).record, first, 'a swap that lost must change nothing.');
  }),

  storeCase('refuses a swap that expects a record where there is none', async (open) => {
    const [store, key] = [await open(), freshKey()];
    const result = await store.swap(key, freshRecord().version, freshRecord());
    expectLost(result, null, 'a swap that expects a record must lose where there is none.');
    expectRecord((await store.read(key)).record, null, 'a swap that lost must change nothing.');
  }),
];
