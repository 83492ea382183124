import { parseArgs } from 'node:util';
import { oneOf, wholeNumber } from '../../tooling/arguments.ts';

const stores = ['redis', 'postgres', 'file'] as const;
export type StoreName = (typeof stores)[number];

export interface ChaosOptions {
  /** How long faults strike, in seconds. */
  readonly seconds: number;
  /** Longest wait afterwards for every account to be usable, in seconds. */
  readonly settle: number;
  readonly seed: number;
  readonly store: StoreName;
  readonly processes: number;
  readonly accounts: number;
  /** Milliseconds between two choices of the nemesis, on average. */
  readonly pace: number;
  /**
   * `true`: Act-On's five an hour. `raised`: so many that an account can lose its pair again and
   * again.
   */
  readonly grants: 'raised' | 'true';
  /** Takes the comparison of versions out of the store: the judge must find out. */
  readonly breakStore: boolean;
  /**
   * A folder to keep the histories in; without it they are kept only if something is wrong with
   * them.
   */
  readonly keep: string | null;
  /** Goes on, at most three times as long, until each sort of fault has struck. */
  readonly untilAllStruck: boolean;
}

export const defaults: ChaosOptions = {
  seconds: 60,
  settle: 60,
  seed: 1,
  store: 'redis',
  processes: 8,
  accounts: 96,
  pace: 800,
  grants: 'raised',
  breakStore: false,
  keep: null,
  untilAllStruck: false,
};

export const help = `npm run chaos -- [options]

Processes of Node, Deno and Bun share accounts of an emulated Act-On through one store, while a nemesis kills and pauses them,
kills the store and breaks connections. Then a judge reads what everybody wrote down. Exit code 1: a rule was broken.

  --seconds <n>      how long faults strike (${defaults.seconds})
  --settle <n>       longest wait afterwards for every account to be usable, in seconds (${defaults.settle})
  --seed <n>         which choices the nemesis makes (${defaults.seed}); when they strike is up to the machine
  --store ${stores.join('|')}   where the records are (${defaults.store}); a file has no connection to break
  --processes <n>    how many; from three on one is Deno and one is Bun (${defaults.processes})
  --accounts <n>     how many; each is shared by all processes (${defaults.accounts})
  --pace <ms>        between two choices of the nemesis, on average (${defaults.pace})
  --grants raised|true   the limit on password grants: so that it does not matter, or Act-On's five an hour (${defaults.grants})
  --break-store      takes the comparison of versions out of the store: the judge must find out
  --keep <folder>    keeps the histories there; without it they are kept only if a rule was broken
  --help`;

/** `null`: help is wanted. Throws for what makes no sense. */
export function readOptions(args: readonly string[]): ChaosOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      settle: { type: 'string' },
      seed: { type: 'string' },
      store: { type: 'string' },
      processes: { type: 'string' },
      accounts: { type: 'string' },
      pace: { type: 'string' },
      grants: { type: 'string' },
      'break-store': { type: 'boolean' },
      keep: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const number = (
    name: 'seconds' | 'settle' | 'seed' | 'processes' | 'accounts' | 'pace',
    least: number,
  ): number => wholeNumber(name, values[name] ?? String(defaults[name]), least);
  return {
    seconds: number('seconds', 1),
    settle: number('settle', 0),
    seed: number('seed', 0),
    store: oneOf('store', values.store ?? defaults.store, stores),
    processes: number('processes', 2),
    accounts: number('accounts', 1),
    pace: number('pace', 1),
    grants: oneOf('grants', values.grants ?? defaults.grants, ['raised', 'true']),
    breakStore: values['break-store'] ?? false,
    keep: values.keep ?? null,
    untilAllStruck: false,
  };
}
