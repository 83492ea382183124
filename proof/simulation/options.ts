import { parseArgs } from 'node:util';
import { oneOf, wholeNumber } from '../../tooling/arguments.ts';
import type { FaultType } from '../judge/evidence.ts';
import { type SafeguardName, safeguards } from './safeguards.ts';
import { sorts } from './world/sorts.ts';
import { type BrokenStore, brokenStores } from './world/store-contract.ts';

/** Seeds from one to another; `to` is infinite where only time ends a run. */
export interface SeedRange {
  readonly from: number;
  readonly to: number;
}

export interface SimulationOptions {
  readonly seeds: readonly SeedRange[];
  readonly weeks: number;
  readonly processes: number;
  readonly accounts: number;
  /** No other seed is begun once so many real seconds are over. */
  readonly seconds: number;
  readonly faults: readonly FaultType[];
  readonly without: SafeguardName | null;
  readonly store: BrokenStore | null;
  /** Goes on after a seed that broke a rule. */
  readonly goOn: boolean;
  /** Where the last run ended; the next one goes on there. */
  readonly state: string | null;
  /** Takes out one safeguard after the other, each for `seconds` at most. */
  readonly controls: boolean;
  /** Writes its part of `docs/measured/simulation.md`. */
  readonly write: boolean;
}

export const defaults: SimulationOptions = {
  seeds: [{ from: 1, to: 1 }],
  weeks: 4,
  processes: 5,
  accounts: 3,
  seconds: Number.POSITIVE_INFINITY,
  faults: sorts,
  without: null,
  store: null,
  goOn: false,
  state: null,
  controls: false,
  write: false,
};

export const help = `npm run simulate -- [options]

Processes that share accounts, an Act-On and a store, all in one process and in simulated time: weeks pass in seconds, faults strike
by chance, and the same seed plays the same run to the letter. Then the judge of npm run chaos reads what happened. Exit code 1: a
rule was broken; the seed is printed with the command that replays it.

  --seed <n>         which run (1); with --minutes or --seconds: the first
  --seeds <list>     which runs: numbers and ranges, separated by commas; "33,160,1-" ends when its time is over
  --minutes <n>      begins no other seed after so many real minutes
  --seconds <n>      the same in seconds
  --weeks <n>        how long faults strike, in simulated weeks (${defaults.weeks})
  --processes <n>    how many, each on a machine of its own (${defaults.processes})
  --accounts <n>     how many; each is shared by all processes (${defaults.accounts})
  --faults <list>    only these, separated by commas, or "none"; --faults=-a,-b: all but those. There are: ${sorts.join(', ')}
  --without <name>   takes a safeguard out of the library: ${Object.keys(safeguards).join(', ')}
  --store <name>     a store that breaks its contract: ${brokenStores.join(', ')}
  --go-on            goes on after a seed that broke a rule, and counts
  --state <file>     goes on with the seed after the last one of the run before, as the file says, and writes there where it ended;
                     seeds that broke a rule are played again first
  --controls         takes out one safeguard after the other, each for --seconds at most (60), and says how soon that is noticed
  --write            writes its figures into docs/measured/simulation.md
  --help`;

/** `null`: help is wanted. Throws for what makes no sense. */
export function readOptions(args: readonly string[]): SimulationOptions | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const numbers = {
    seed: text,
    weeks: text,
    processes: text,
    accounts: text,
    seconds: text,
    minutes: text,
  };
  const names = { seeds: text, faults: text, without: text, store: text, state: text };
  const flags = { 'go-on': flag, controls: flag, write: flag, help: flag };
  const { values } = parseArgs({ args: [...args], options: { ...numbers, ...names, ...flags } });
  if (values.help) return null;
  const number = (name: 'weeks' | 'processes' | 'accounts'): number =>
    wholeNumber(name, values[name] ?? String(defaults[name]), 1);
  const seconds =
    values.minutes !== undefined
      ? 60 * wholeNumber('minutes', values.minutes, 1)
      : values.seconds !== undefined
        ? wholeNumber('seconds', values.seconds, 1)
        : defaults.seconds;
  const seed = wholeNumber('seed', values.seed ?? '1', 0);
  const isTimed = Number.isFinite(seconds);
  const { state } = values;
  const isOpen = isTimed || state !== undefined;
  const seeds =
    values.seeds === undefined
      ? [{ from: seed, to: isOpen ? Number.POSITIVE_INFINITY : seed }]
      : readSeeds(values.seeds);
  if (seeds.some(({ to }) => to === Number.POSITIVE_INFINITY) && !isTimed)
    throw new Error('Seeds without an end need --minutes or --seconds.');
  return {
    seeds,
    seconds,
    weeks: number('weeks'),
    processes: number('processes'),
    accounts: number('accounts'),
    faults: values.faults === undefined ? sorts : readFaults(values.faults),
    without:
      values.without === undefined
        ? null
        : oneOf('without', values.without, Object.keys(safeguards) as SafeguardName[]),
    store: values.store === undefined ? null : oneOf('store', values.store, brokenStores),
    goOn: values['go-on'] ?? false,
    state: state ?? null,
    controls: values.controls ?? false,
    write: values.write ?? false,
  };
}

/** The command that plays a seed again. */
export function commandOf(options: SimulationOptions, seed: number): string {
  return `npm run simulate -- --seed ${seed} ${wordsOf(options).join(' ')}`;
}

/** The command that plays the same seeds for the same time. */
export function wholeCommandOf(options: SimulationOptions): string {
  const time = Number.isFinite(options.seconds) ? [`--seconds ${options.seconds}`] : [];
  return `npm run simulate -- --seeds ${shownSeeds(options.seeds)} ${[...time, ...wordsOf(options)].join(' ')}`;
}

export function shownSeeds(seeds: readonly SeedRange[]): string {
  const shown = ({ from, to }: SeedRange): string =>
    from === to ? `${from}` : `${from}-${Number.isFinite(to) ? to : ''}`;
  return seeds.map(shown).join(',');
}

function wordsOf({
  weeks,
  processes,
  accounts,
  faults,
  without,
  store,
}: SimulationOptions): string[] {
  const words = [
    `--weeks ${weeks}`,
    `--processes ${processes}`,
    `--accounts ${accounts}`,
    ...faultsArgument(faults),
  ];
  if (without !== null) words.push(`--without ${without}`);
  if (store !== null) words.push(`--store ${store}`);
  return words;
}

function readSeeds(list: string): SeedRange[] {
  return list.split(',').map((part) => {
    const [, from, dash, to] = /^(\d+)(-?)(\d*)$/.exec(part) ?? [];
    if (from === undefined || (dash === '' && to !== ''))
      throw new Error(`--seeds must be numbers and ranges such as 33,38,1-40, not "${part}".`);
    return {
      from: Number(from),
      to: dash === '' ? Number(from) : to === '' ? Number.POSITIVE_INFINITY : Number(to),
    };
  });
}

/** Names that are to strike, or, each after a minus, those that are not. */
function readFaults(list: string): readonly FaultType[] {
  if (list === 'none') return [];
  const names = list.split(',').map((name) => oneOf('faults', name.replace(/^-/, ''), sorts));
  return list.startsWith('-') ? sorts.filter((sort) => !names.includes(sort)) : names;
}

/** The shorter way to say it. */
function faultsArgument(faults: readonly FaultType[]): string[] {
  const others = sorts.filter((sort) => !faults.includes(sort)).map((sort) => `-${sort}`);
  if (others.length === 0) return [];
  if (faults.length === 0) return ['--faults=none'];
  return [`--faults=${(others.length < faults.length ? others : faults).join(',')}`];
}
