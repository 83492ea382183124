import { parseArgs } from 'node:util';
import { oneOf, wholeNumber } from '../arguments.ts';
import type { FaultType } from '../chaos/evidence.ts';
import { type Safeguard, safeguards } from './without.ts';
import { sorts } from './world/sorts.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly weeks: number;
  readonly processes: number;
  readonly accounts: number;
  /** Goes on with the next seed until so many seconds are over; 0: one seed. */
  readonly seconds: number;
  readonly faults: readonly FaultType[];
  readonly without: Safeguard | null;
  /** Writes `docs/measured/simulation.md`. */
  readonly write: boolean;
}

export const defaults: SimulationOptions = {
  seed: 1,
  weeks: 4,
  processes: 5,
  accounts: 3,
  seconds: 0,
  faults: sorts,
  without: null,
  write: false,
};

export const help = `npm run simulate -- [options]

Processes that share accounts, an Act-On and a store, all in one process and in simulated time: weeks pass in seconds, faults strike
by chance, and the same seed plays the same run to the letter. Then the judge of npm run chaos reads what happened. Exit code 1: a
rule was broken; the seed is printed with the command that replays it.

  --seed <n>         which run (${defaults.seed})
  --weeks <n>        how long faults strike, in simulated weeks (${defaults.weeks})
  --processes <n>    how many, each on a machine of its own (${defaults.processes})
  --accounts <n>     how many; each is shared by all processes (${defaults.accounts})
  --seconds <n>      goes on with the next seeds for so many real seconds (${defaults.seconds}: one seed)
  --faults <list>    only these, separated by commas, or "none"; --faults=-a,-b: all but those. There are: ${sorts.join(', ')}
  --without <name>   takes a safeguard out of the library: ${Object.keys(safeguards).join(', ')}
  --write            writes docs/measured/simulation.md
  --help`;

/** `null`: help is wanted. Throws for what makes no sense. */
export function readOptions(args: readonly string[]): SimulationOptions | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const numbers = { seed: text, weeks: text, processes: text, accounts: text, seconds: text };
  const { values } = parseArgs({ args: [...args], options: { ...numbers, faults: text, without: text, write: flag, help: flag } });
  if (values.help) return null;
  const number = (name: keyof typeof numbers, least: number): number => wholeNumber(name, values[name] ?? String(defaults[name]), least);
  return {
    seed: number('seed', 0),
    weeks: number('weeks', 1),
    processes: number('processes', 1),
    accounts: number('accounts', 1),
    seconds: number('seconds', 0),
    faults: values.faults === undefined ? sorts : readFaults(values.faults),
    without: values.without === undefined ? null : oneOf('without', values.without, Object.keys(safeguards) as Safeguard[]),
    write: values.write ?? false,
  };
}

/** The command that plays a seed again. */
export function commandOf({ weeks, processes, accounts, faults, without }: SimulationOptions, seed: number): string {
  const words = [`--seed ${seed}`, `--weeks ${weeks}`, `--processes ${processes}`, `--accounts ${accounts}`];
  words.push(...faultsArgument(faults));
  if (without !== null) words.push(`--without ${without}`);
  return `npm run simulate -- ${words.join(' ')}`;
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
