import { apiUrl } from './api-url.ts';
import { callback } from './callback.ts';
import type { Reader } from './reader.ts';
import { retryAfter } from './retry-after.ts';
import { storedRecord } from './stored-record.ts';
import { tokenAnswer } from './token-answer.ts';

/** A reader of files. */
export interface ByteReader {
  readonly name: string;
  /** Gives the sort of result; rejects if a promise was broken. */
  read(bytes: Uint8Array): Promise<string>;
}

function ofBytes<Input>({ name, fromBytes, check }: Reader<Input>): ByteReader {
  return { name, read: async (bytes) => check(fromBytes(bytes)) };
}

/** Everything that reads what somebody else wrote. */
export const readers: readonly ByteReader[] = [
  ofBytes(tokenAnswer),
  ofBytes(callback),
  ofBytes(storedRecord),
  ofBytes(retryAfter),
  ofBytes(apiUrl),
];
