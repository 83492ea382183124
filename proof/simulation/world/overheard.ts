import { UserError } from './vault.ts';
import type { World } from './world.ts';

/**
 * Errors that reach nobody: a promise that is rejected and that nobody handles would end a Node
 * process, and so would an error that is thrown out of a timer. Those of a user's own listeners are
 * reported, and that is all. Returns what stops it.
 */
export function overhearErrors({ watchdog }: World): () => void {
  const rejected = (error: unknown): void =>
    watchdog.find(
      'soundProcesses',
      null,
      `a promise was rejected, and nobody handled it: ${shown(error)}`,
    );
  const thrown = (error: unknown): void => {
    if (!(error instanceof UserError))
      watchdog.find('soundProcesses', null, `an error reached nobody: ${shown(error)}`);
  };
  const { error: print } = console;
  console.error = (...words: unknown[]) => {
    if (!words.some((word) => word instanceof UserError)) print(...words);
  };
  process.on('unhandledRejection', rejected);
  process.on('uncaughtException', thrown);
  return () => {
    console.error = print;
    process.off('unhandledRejection', rejected);
    process.off('uncaughtException', thrown);
  };
}

const shown = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
