// Takes a safeguard out of the library: the simulation must find out what it was for.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Cut {
  /** What the safeguard does. */
  readonly what: string;
  /** From the packages folder. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** One text of one source each, as it stands there and what takes its place. */
export const safeguards = {
  'version-check': {
    what: 'a swap compares versions',
    file: 'memory/src/memory-store.ts',
    from: '(current?.version ?? null) !== expected',
    to: 'false',
  },
  claim: {
    what: 'who finds that somebody talks to the token endpoint waits',
    file: 'core/src/machine.ts',
    from: 'return claim.until > now && watched <= lengthOf(claim) + rules.margin;',
    to: 'return false;',
  },
  'lease-check': {
    what: 'what is left of the lease is looked at before a request is sent',
    file: 'core/src/session/token-request.ts',
    from: 'mine.claim.until - record.now() < rules.margin',
    to: 'false',
  },
  unanswered: {
    what: 'that a token was sent is in the record before it is sent',
    file: 'core/src/machine.ts',
    from: 'unanswered: pair.unanswered + 1 }',
    to: 'unanswered: pair.unanswered }',
  },
} as const satisfies Record<string, Cut>;

export type Safeguard = keyof typeof safeguards;

const packages = new URL('../../packages/', import.meta.url);

/** From now on the sources are loaded without it. Throws if the text that stands for it is not in them, or more than once. */
export function takeOut(safeguard: Safeguard): void {
  const { file, from, to }: Cut = safeguards[safeguard];
  const url = new URL(file, packages).href;
  const parts = readFileSync(fileURLToPath(url), 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`"${from}" stands ${parts.length - 1} times in ${file}: ${safeguard} cannot be taken out.`);
  registerHooks({
    load(loaded, context, next) {
      const answer = next(loaded, context);
      return loaded === url ? { ...answer, source: String(answer.source).split(from).join(to) } : answer;
    },
  });
}
