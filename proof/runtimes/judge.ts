import { root } from '../../tooling/bootstrap/paths.mjs';
import { exceptionOf } from './exceptions.ts';
import type { RuntimeName } from './runtimes.ts';

/** As much as is needed here of what vitest's JSON reporter writes. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export interface Verdict {
  readonly passed: number;
  readonly skipped: number;
  /** Failed as exceptions.ts says. */
  readonly excepted: number;
  /** What failed, an exception that passed among it. */
  readonly failures: readonly string[];
}

interface Result {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  readonly why: string;
}

/**
 * `trouble` is what vitest printed if it failed; `report` is null if it broke before it could write
 * one.
 */
export function judge(
  runtime: RuntimeName,
  report: Report | null,
  trouble: string | null,
): Verdict {
  const results = (report?.testResults ?? []).flatMap(resultsOf);
  const isExcepted = ({ file, name }: Result): boolean => exceptionOf(runtime, file, name) !== null;
  const withStatus = (status: string): Result[] => results.filter((each) => each.status === status);
  const [passed, failed] = [withStatus('passed'), withStatus('failed')];
  const failures = [
    ...failed
      .filter((each) => !isExcepted(each))
      .map(({ file, name, why }) => `${file} > ${name}: ${why.split('\n', 1)[0]}`),
    ...passed
      .filter(isExcepted)
      .map(
        ({ file, name }) =>
          `${file} > ${name}: it passes. Remove it from proof/runtimes/exceptions.ts.`,
      ),
  ];
  if (results.length === 0) failures.push(`There were no results. ${trouble ?? ''}`);
  // An error outside of any test.
  else if (trouble !== null && failed.length === 0) failures.push(trouble);
  return {
    passed: passed.length,
    skipped: results.length - passed.length - failed.length,
    excepted: failed.filter(isExcepted).length,
    failures,
  };
}

/** A file that could not be loaded has no tests, and says why. */
function resultsOf({ name, message, assertionResults }: Report['testResults'][number]): Result[] {
  const file = name.startsWith(root) ? name.slice(root.length) : name;
  if (assertionResults.length === 0)
    return [{ file, name: 'the file itself', status: 'failed', why: message }];
  return assertionResults.map(({ fullName, status, failureMessages }) => ({
    file,
    name: fullName,
    status,
    why: failureMessages[0] ?? '',
  }));
}
