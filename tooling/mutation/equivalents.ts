/** A change that makes no difference to anybody, and why. */
export interface Equivalent {
  /** Below packages/core/src. */
  readonly file: string;
  /** The whole line, without its indent. */
  readonly line: string;
  /** Where the changed part begins: at the first place of this text in the line. */
  readonly at: string;
  /** What stands there instead; default: whatever. */
  readonly replacement?: string;
  readonly why: string;
}

const compiler = 'The check is for the compiler: what comes after it, or before it, has settled the matter.';
const nothing = 'Null is never above a time, and no time is below 1970.';

export const equivalents: readonly Equivalent[] = [
  {
    file: 'machine.ts',
    line: 'if (pair === null || !lives(record, question.now)) return false;',
    at: 'pair === null',
    replacement: 'false',
    why: compiler,
  },
  {
    file: 'machine.ts',
    line: 'if (question.rejected !== undefined && question.rejected === pair.accessToken) return false;',
    at: 'question.rejected !== undefined',
    replacement: 'true',
    why: 'A token that lives is a text, so it is never the same as none.',
  },
  {
    file: 'machine.ts',
    line: 'return lives(record, question.now) && question.rejected !== record.pair?.accessToken;',
    at: 'record.pair?.accessToken',
    why: compiler,
  },
  {
    file: 'machine.ts',
    line: 'if (pair === null || !canRefresh(record)) return Number.POSITIVE_INFINITY;',
    at: 'pair === null',
    replacement: 'false',
    why: compiler,
  },
  {
    file: 'machine.ts',
    line: "if (blocked !== null && blocked > now) return waitOr(blocked, now, 'rate_limited');",
    at: 'blocked !== null',
    replacement: 'true',
    why: nothing,
  },
];
