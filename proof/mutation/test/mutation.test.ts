import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../tooling/bootstrap/paths.mjs';
import { occurrencesOf } from '../../support/source-text.ts';
import { equivalents } from '../equivalents.ts';
import { type Report, score, tally } from '../survivors.ts';

const sourceOf = (file: string): string =>
  readFileSync(join(root, 'packages', 'core', 'src', file), 'utf8');

describe('a change that is said to change nothing', () => {
  it.for(equivalents.map((each) => [each.file, each] as const))(
    'is of a line that is still there: %s',
    ([file, { line, at, why }]) => {
      expect(occurrencesOf(line, sourceOf(file))).toBeGreaterThan(0);
      expect(line).toContain(at);
      expect(why.length).toBeGreaterThan(10);
    },
  );

  it('is told of once', () => {
    const places = equivalents.map(({ file, line, at, replacement = '' }) =>
      JSON.stringify([file, line, at, replacement]),
    );
    expect(places).toEqual([...new Set(places)]);
  });
});

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
        ],
      },
    },
  };
  const two = { file: 'a.ts', line: 'two(b, c)', why: 'because' };

  it('counts what tests noticed, and what nobody explained', () => {
    const [open] = tally(report, []);
    expect(open).toMatchObject({
      mutants: 4,
      detected: 2,
      explained: 0,
      open: [{ column: 5 }, { column: 8 }],
    });
    expect(score(open === undefined ? [] : [open])).toBe(50);
  });

  it('goes by the place in the line, and by the replacement where one is named', () => {
    const explained = (at: string, replacement?: string) =>
      tally(report, [{ ...two, at, ...(replacement === undefined ? {} : { replacement }) }])[0]
        ?.explained;
    expect([
      explained('b'),
      explained('c', 'false'),
      explained('c', 'true'),
      explained('two'),
    ]).toEqual([1, 1, 0, 0]);
  });
});
