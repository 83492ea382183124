import { answerBodies } from './answer-bodies.ts';
import { callbacks } from './callbacks.ts';
import type { HostileCase } from './case.ts';
import { issuedTokens } from './issued-tokens.ts';
import { records } from './records.ts';
import { refusals } from './refusals.ts';
import { settings } from './settings.ts';

/** Every bad input, by number. */
export const catalogue: readonly HostileCase[] = [
  ...issuedTokens,
  ...answerBodies,
  ...refusals,
  ...callbacks,
  ...settings,
  ...records,
];
