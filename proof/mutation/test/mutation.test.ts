import { describe, expect, it } from 'vitest';
import { type Report, score, sumOf, tally } from '../survivors.ts';

describe('the tally of mutants', () => {
  const location = (line: number, column: number) => ({
    start: { line, column },
    end: { line, column: column + 1 },
  });
  const mutant = { mutatorName: 'any', replacement: 'false' };
  const report: Report = {
    files: {
      'packages/core/src/a.ts': {
        source: 'one(a)\n  two(b, c)',
        mutants: [
          { ...mutant, status: 'Killed', location: location(1, 1) },
          { ...mutant, status: 'Timeout', location: location(1, 5) },
          { ...mutant, status: 'Survived', location: location(2, 7) },
          { ...mutant, status: 'NoCoverage', location: location(2, 10) },
          { ...mutant, status: 'RuntimeError', location: location(2, 10) },
          { ...mutant, status: 'Ignored', location: location(2, 10) },
        ],
      },
    },
  };

  it('counts what tests noticed, and apart from that what a comment says changes nothing', () => {
    const all = tally(report);
    expect(all).toMatchObject([
      { mutants: 4, noticed: 2, ignored: 1, open: [{ line: 2, text: 'two(b, c)' }, { line: 2 }] },
    ]);
    expect(score(all)).toBe(50);
    expect(sumOf([...all, ...all], 'ignored')).toBe(2);
  });
});
