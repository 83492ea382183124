import { ActOnTokenError } from '@act-on-token/core';
import type { Exit } from './exit-codes.ts';

/** A failure that only this command knows. Its message is ours: no secret is in it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit: Exit;

  constructor(exit: Exit, message: string) {
    super(message);
    this.exit = exit;
  }
}

/** A signal asked the command to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}.`);
    this.signal = signal;
  }
}

/** A wrong argument or setting; nothing was sent. */
export function wrongUse(message: string): ActOnTokenError {
  return new ActOnTokenError('configuration', message);
}
