import { describe, expect, it } from 'vitest';
import { root } from '../../../tooling/bootstrap/paths.mjs';
import { asText } from '../../../tooling/figures.ts';
import { exceptions } from '../exceptions.ts';
import { figuresOf } from '../figures.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../table.ts';

const [exception] = exceptions;
const { file = '', test = '', runtimes: [where = 'Deno'] = [] } = exception ?? {};

const result = (name: string, fullName: string, status: string) => ({
  name: `${root}${name}`,
  message: '',
  assertionResults: [
    { fullName, status, failureMessages: status === 'failed' ? ['Error: why\n  at a line'] : [] },
  ],
});

describe('a run of a suite under a runtime', () => {
  it('is reported by its tests', () => {
    const testResults = [
      result('a.test.ts', 'works', 'passed'),
      result('a.test.ts', 'breaks', 'failed'),
      result('b.test.ts', 'c', 'skipped'),
    ];
    const failures = ['a.test.ts > breaks: Error: why'];
    expect(judge('Bun', { testResults }, 'exit code 1')).toEqual({
      passed: 1,
      skipped: 1,
      excepted: 0,
      failures,
    });
  });

  it('does not fail for a test that is known to fail there, but does elsewhere', () => {
    const report = { testResults: [result(file, test, 'failed')] };
    expect(judge(where, report, 'exit code 1')).toMatchObject({ excepted: 1, failures: [] });
    expect(judge('Node 24', report, 'exit code 1')).toMatchObject({
      excepted: 0,
      failures: [expect.stringContaining(test)],
    });
  });

  it('fails for a test that is known to fail there and does not', () => {
    const { failures } = judge(where, { testResults: [result(file, test, 'passed')] }, null);
    expect(failures).toEqual([
      `${file} > ${test}: it passes. Remove it from proof/runtimes/exceptions.ts.`,
    ]);
  });

  it('fails for a file that does not load, an error outside of any test, no tests, and no report', () => {
    const unloadable = {
      name: `${root}a.test.ts`,
      message: 'Cannot find a module',
      assertionResults: [],
    };
    expect(judge('Bun', { testResults: [unloadable] }, 'exit code 1').failures).toEqual([
      'a.test.ts > the file itself: Cannot find a module',
    ]);
    expect(
      judge('Bun', { testResults: [result('a.test.ts', 'works', 'passed')] }, 'exit code 1')
        .failures,
    ).toEqual(['exit code 1']);
    expect(judge('Bun', { testResults: [] }, null).failures).toEqual(['There were no results. ']);
    expect(judge('Bun', null, 'it crashed').failures).toEqual([
      'There were no results. it crashed',
    ]);
  });

  it('is a cell of a table', () => {
    const outcome = {
      suite: 'core',
      passed: 12,
      skipped: 0,
      excepted: 0,
      failures: [],
      seconds: 3.4,
    };
    const table = tableOf([
      { ...outcome, runtime: 'Deno' },
      { ...outcome, runtime: 'Bun', failures: ['one'], skipped: 2, excepted: 1 },
    ]);
    expect(asText(table).split('\n')).toEqual([
      '      Deno            Bun',
      'core  12 passed, 3 s  12 passed, 1 failed, 1 excepted, 2 skipped, 3 s',
    ]);
  });

  it('is in the page in its own place, whatever ran last; what did not pass is blank', () => {
    const result = {
      passed: 12,
      skipped: 0,
      excepted: 0,
      failures: [],
      seconds: 3,
      version: '2.9.6',
      day: '2026-11-22',
    };
    const { results, excepted } = figuresOf(
      [
        {
          ...result,
          suite: 'memory',
          runtime: 'workerd',
          version: '2026-11-17',
          day: '2026-11-24',
        },
        { ...result, suite: 'core', runtime: 'workerd', version: '2026-11-17' },
        { ...result, suite: 'core', runtime: 'Deno' },
      ],
      [],
    );
    expect(excepted).toBe('None.');
    expect(results).toContain(
      'Versions: Deno 2.9.6, workerd 2026-11-17; 2026-11-22 to 2026-11-24.',
    );
    expect(results?.split('\n').filter((line) => line.startsWith('| '))).toEqual([
      '|  | Deno | workerd |',
      '| --- | --- | --- |',
      '| core | 12 passed, 3 s | 12 passed, 3 s |',
      '| memory |  | 12 passed, 3 s |',
    ]);
  });
});
