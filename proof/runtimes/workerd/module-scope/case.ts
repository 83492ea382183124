import type { Shape, Stage } from './stage.ts';

/**
 * One thing that happens to a worker whose sessions outlive its requests. `run` rejects if it does
 * not go as it should.
 */
export interface Case {
  readonly name: string;
  readonly shape: Shape;
  run(stage: Stage): Promise<void>;
}

export const anHour = 3_600_000;
/** Within the last ten minutes of a token's life, at whatever jitter. */
export const intoTheLastMinutes: number = anHour - 8 * 60_000;

/** What Act-On was sent. */
export function sentTo({ emulator }: Stage): {
  readonly password: number;
  readonly refresh: number;
  readonly code: number;
} {
  const { password, refresh_token, authorization_code } = emulator.ledger.counters().grants;
  return { password: password.sent, refresh: refresh_token.sent, code: authorization_code.sent };
}
