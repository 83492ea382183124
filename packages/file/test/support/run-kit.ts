// Runs the store kit on a store under whatever runs this file, and prints a line for each case: how
// it went.
import { argv } from 'node:process';
import { sealedStore, type TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';
import { fileStore } from '../../src/index.ts';

/** A store to try; one with a directory keeps files there. */
export interface Candidate {
  readonly name: string;
  readonly directory?: string;
  readonly isSealed: boolean;
}

export interface CaseOutcome {
  readonly rule: string;
  /** `kept`, or the error. */
  readonly outcome: string;
}

const open = opener(JSON.parse(argv[2] ?? '{}'));
for (const { name: rule, run } of storeCases) {
  const outcome = await run(open).then(
    () => 'kept',
    (error: unknown) => String(error),
  );
  console.log(JSON.stringify({ rule, outcome } satisfies CaseOutcome));
}
// A watch that nobody ends must not keep the program alive.
open().watch('key', () => {});

/** A function that opens one more handle on the same data. */
function opener({ directory, isSealed }: Candidate): () => TokenStore {
  const current = crypto.getRandomValues(new Uint8Array(32));
  const memory = memoryStore();
  const open = () => (directory === undefined ? memory.open() : fileStore({ directory }));
  return isSealed ? () => sealedStore(open(), { current }) : open;
}
