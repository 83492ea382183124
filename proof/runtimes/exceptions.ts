import type { RuntimeName } from './runtimes.ts';

/**
 * A test that cannot pass under a runtime, and why. One that passes there after all counts as a
 * failure, so that it is removed here.
 */
export interface Exception {
  readonly runtimes: readonly RuntimeName[];
  /** From the root of the repository. */
  readonly file: string;
  /** The name of the test with those of its suites. */
  readonly test: string;
  readonly why: string;
}

const overHttp = (test: string) => ({
  file: 'packages/emulator/test/serve.test.ts',
  test: `faults over HTTP ${test}`,
});

const ownFetchWording = 'Its client is the fetch of the runtime, which words the error otherwise.';
const ownFetch =
  'Its client is the fetch of the runtime: Bun words the error otherwise, Deno sends the request once more.';

export const exceptions: readonly Exception[] = [
  {
    runtimes: ['Deno'],
    file: 'packages/file/test/concerns.test.ts',
    test: 'what the system tells of a directory is never found out by way of a question that Deno would ask the user',
    why: 'It puts another Deno in the place of the one that runs it, which node:fs needs.',
  },
  {
    runtimes: ['Deno', 'Bun'],
    ...overHttp('E43 resets the socket before anything is done'),
    why: ownFetch,
  },
  {
    runtimes: ['Deno', 'Bun'],
    ...overHttp('E44 commits and resets the socket: the refresh token is spent'),
    why: ownFetch,
  },
  {
    runtimes: ['Deno', 'Bun'],
    ...overHttp('E45 cuts a body short, as a whole answer or by breaking the connection'),
    why: ownFetchWording,
  },
  {
    runtimes: ['Deno', 'Bun'],
    file: 'packages/emulator/test/control.test.ts',
    test: 'faults over the control API E42–E55 arms a fault of every kind',
    why: ownFetch,
  },
  {
    runtimes: ['Bun'],
    file: 'packages/emulator/test/serve.test.ts',
    test: 'the server closes with connections open and requests held, and more than once',
    why: ownFetchWording,
  },
  {
    runtimes: ['Deno'],
    file: 'packages/emulator/test/cli.test.ts',
    test: 'E58 serves until it is interrupted, and prints all that a client needs',
    why: 'Of a child that was sent a signal Deno says that the signal ended it, though it ended by itself with code 0.',
  },
];

export function exceptionOf(runtime: RuntimeName, file: string, test: string): Exception | null {
  return (
    exceptions.find(
      (each) => each.runtimes.includes(runtime) && each.file === file && each.test === test,
    ) ?? null
  );
}
