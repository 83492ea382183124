import { afterAll, describe, expect, it } from 'vitest';
import { readCorpus } from '../fuzz/corpus.ts';
import { brokenPromise } from '../fuzz/fuzz.ts';
import { readers } from '../readers/readers.ts';

describe('the corpus', () => {
  let executions = 0;
  afterAll(() => console.log(`corpus: ${executions} inputs`));

  it.each(readers.map((reader) => [reader.name, reader] as const))(
    'breaks no promise of the reader "%s"',
    async (name, reader) => {
      const corpus = readCorpus(name);
      expect(corpus.length).toBeGreaterThan(4);
      for (const { name: file, bytes } of corpus) {
        expect((await brokenPromise(reader, bytes)).broken, file).toBe(null);
        executions += 1;
      }
    },
  );
});
