import { afterAll, it } from 'vitest';

interface Tally {
  tried: number;
  readonly through: string[];
}

declare module 'vitest' {
  interface TaskMeta {
    /** Of whom the test is an attack. */
    attacker?: string;
  }
}

/**
 * What one attacker tries, in a file of its own: honest use first, then attacks. The last line says
 * how many were refused.
 */
export function attacker(name: string): {
  /** What must work, or a refusal proves nothing. */
  honest(what: string, work: () => unknown): void;
  /** Passes if `work` ends without an error: it tries, and expects to be refused. */
  attack(what: string, work: () => unknown): void;
} {
  const tally: Tally = { tried: 0, through: [] };
  afterAll(() => {
    const { tried, through } = tally;
    console.log(
      `${name}: ${tried} attacks, ${tried - through.length} refused, ${through.length} got through`,
    );
    for (const what of through) console.log(`  got through: ${what}`);
  });
  return {
    honest: (what, work) => it(`honest use: ${what}`, async () => void (await work())),
    attack: (what, work) =>
      it(`attack: ${what}`, async ({ task }) => {
        task.meta.attacker = name;
        tally.tried += 1;
        try {
          await work();
        } catch (error) {
          tally.through.push(what);
          throw error;
        }
      }),
  };
}
