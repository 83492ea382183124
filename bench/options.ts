import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** The groups to measure, by their numbers; `null`: all. */
  readonly only: readonly number[] | null;
  readonly quick: boolean;
  readonly task: 'measure' | 'limits' | 'profile';
}

export const help = `npm run bench                the whole table, into docs/measured/benchmark.md
npm run bench -- --only 3,5  some groups of it, printed only
npm run bench -- --quick     fewer processes and rounds, printed only
npm run bench -- --limits    what an account in memory consists of, into docs/measured/limits.md
npm run bench -- --profile   CPU and allocation profiles, into docs/measured/profiles.md`;

/** `null`: somebody asks for help. Throws for what cannot be understood. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean' },
      limits: { type: 'boolean' },
      profile: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const task = values.limits ? 'limits' : values.profile ? 'profile' : 'measure';
  return {
    only: values.only === undefined ? null : values.only.split(',').map(groupNumber),
    quick: values.quick ?? false,
    task,
  };
}

function groupNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 9) return value;
  throw new Error(`--only takes numbers of groups from 1 to 9, such as 3 or 3,5, not "${text}".`);
}
