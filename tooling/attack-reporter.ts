import type { Reporter, TestModule } from 'vitest/node';

/** How the attacks of one attacker went. */
export interface Attacks {
  readonly attacker: string;
  readonly refused: number;
  /** What got through. */
  readonly through: readonly string[];
}

/** Prints, after all tests, what the attackers of proof/attacks reached. */
export default class AttackReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const byAttacker = new Map<string, { refused: number; through: string[] }>();
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
      const { attacker } = test.meta() as { attacker?: string };
      if (attacker === undefined) continue;
      const attacks = byAttacker.get(attacker) ?? { refused: 0, through: [] };
      byAttacker.set(attacker, attacks);
      if (test.result().state === 'passed') attacks.refused += 1;
      else attacks.through.push(test.name.replace(/^attack: /, ''));
    }
    if (byAttacker.size > 0)
      console.log(
        `\n${attackTable([...byAttacker].map(([attacker, attacks]) => ({ attacker, ...attacks })))}\n`,
      );
  }
}

/** A line for each attacker, what got through, and all of them together in the last line. */
export function attackTable(results: readonly Attacks[]): string {
  const lines = [...results]
    .sort((a, b) => a.attacker.localeCompare(b.attacker))
    .flatMap((each) => [
      ` ${each.attacker}: ${countOf(each)}`,
      ...each.through.map((what) => `   got through: ${what}`),
    ]);
  const all = {
    refused: results.reduce((sum, { refused }) => sum + refused, 0),
    through: results.flatMap(({ through }) => through),
  };
  return [...lines, countOf(all)].join('\n');
}

function countOf({ refused, through }: Omit<Attacks, 'attacker'>): string {
  return `${refused + through.length} attacks, ${refused} refused, ${through.length} got through`;
}
