import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operationsOf, readDocument } from '../generate/document.ts';
import { generated } from '../generate/generated.ts';

describe('what is generated from the document', () => {
  it('is current: npm run api', async () => {
    for (const { file, text } of await generated())
      expect(
        readFileSync(file, 'utf8') === text,
        `${file.pathname} is out of date: npm run api`,
      ).toBe(true);
  });

  it('has the type unknown for the 88 answers that no document describes, and for no other', () => {
    const undocumented = operationsOf(readDocument()).filter(
      ({ answer }) => answer['x-undocumented'],
    );
    expect(undocumented).toHaveLength(88);
    const schema = readFileSync(new URL('../src/generated/schema.ts', import.meta.url), 'utf8');
    expect(schema.match(/"application\/json": unknown;/g)).toHaveLength(88);
  });
});
