import type { StoredRecord, SwapResult } from '@act-on-token/core';

/** Throws an Error that names the broken rule and what came instead. */
export function expectThat(isKept: boolean, rule: string, instead: string): void {
  if (!isKept) throw new Error(`Broken rule: ${rule} Instead: ${instead}`);
}

/** That a record is, character by character, the one that was written. */
export function expectRecord(
  actual: StoredRecord | null,
  expected: StoredRecord | null,
  rule: string,
): void {
  expectThat(isSame(actual, expected), rule, `expected ${show(expected)}, got ${show(actual)}.`);
}

export function expectWon(result: SwapResult, next: StoredRecord, rule: string): void {
  expectThat(result.ok, rule, `it answered ok: false and ${show(result.record)}.`);
  expectRecord(result.record, next, 'a swap that won must answer with the record that it wrote.');
}

export function expectLost(result: SwapResult, standing: StoredRecord | null, rule: string): void {
  expectThat(!result.ok, rule, `it answered ok: true and ${show(result.record)}.`);
  expectRecord(
    result.record,
    standing,
    'a swap that lost must answer with the record that it met.',
  );
}

function isSame(a: StoredRecord | null, b: StoredRecord | null): boolean {
  return a?.version === b?.version && a?.value === b?.value;
}

/** Short enough for an error message: a value may be 64 kB. */
function show(record: StoredRecord | null): string {
  if (record === null) return 'no record';
  const value = JSON.stringify(record.value);
  return `version ${record.version} with ${value?.length > 60 ? `${record.value.length} characters: ${value.slice(0, 60)}…` : value}`;
}
