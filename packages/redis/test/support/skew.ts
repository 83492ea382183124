import { execFileSync } from 'node:child_process';
import { component } from '../../../../tooling/component.ts';

const faketime = component('faketime');

export const isSkewThere: boolean = faketime !== undefined;

/**
 * The environment of a Redis whose clock is so many milliseconds ahead of this machine's.
 * libfaketime answers in the place of the system. The libc goes with it, because jemalloc asks for
 * the time before libfaketime can answer.
 */
export function skewedBy(milliseconds: number): NodeJS.ProcessEnv {
  const printed = execFileSync(faketime ?? 'faketime', ['-f', '+0s', 'printenv', 'LD_PRELOAD'], {
    encoding: 'utf8',
  });
  return {
    ...process.env,
    LD_PRELOAD: `${printed.trim()} libc.so.6`,
    FAKETIME: `${milliseconds < 0 ? '-' : '+'}${Math.abs(milliseconds) / 1_000}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
