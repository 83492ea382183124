import type { SpawnOptions } from 'node:child_process';

export function runAloud(
  file: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<number>;
export function runQuietly(
  file: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<string>;
export function installerEnv(): Record<string, string>;
