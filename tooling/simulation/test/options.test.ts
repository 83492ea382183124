import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandOf, defaults, help, readOptions } from '../options.ts';
import { safeguards } from '../without.ts';
import { sorts } from '../world/sorts.ts';

describe('npm run simulate', () => {
  it('needs no options', () => {
    expect(readOptions([])).toEqual(defaults);
  });

  it('takes what its help names', () => {
    const args = '--seed 7 --weeks 2 --processes 3 --accounts 1 --seconds 60 --faults kill_holder,clock_back --without claim --write';
    expect(readOptions(args.split(' '))).toEqual({
      ...{
        seed: 7,
        weeks: 2,
        processes: 3,
        accounts: 1,
        seconds: 60,
        faults: ['kill_holder', 'clock_back'],
        without: 'claim',
        write: true,
      },
    });
    for (const [name] of args.matchAll(/--[a-z-]+/g)) expect(help).toContain(name);
  });

  it('is not run when its help is wanted', () => {
    expect(readOptions(['--help'])).toBeNull();
  });

  it('refuses what makes no sense, and says what would', () => {
    expect(() => readOptions(['--weeks', '0'])).toThrow('--weeks must be a whole number of at least 1, not "0".');
    expect(() => readOptions(['--faults', 'rain'])).toThrow('--faults must be kill_holder or');
    expect(() => readOptions(['--without', 'hope'])).toThrow('--without must be version-check or');
  });

  it('prints a command that plays a seed again', () => {
    const faults = [sorts.slice(0, 1), sorts.slice(1), [], sorts];
    for (const each of faults) {
      const options = { ...defaults, weeks: 2, faults: each, without: 'claim' } as const;
      const [, args = ''] = commandOf(options, 9).split(' -- ');
      expect(readOptions(args.split(' '))).toEqual({ ...options, seed: 9 });
    }
  });
});

describe('the safeguards that can be taken out', () => {
  it('stand in the sources exactly once', () => {
    for (const [name, { file, from }] of Object.entries(safeguards)) {
      const source = readFileSync(new URL(`../../../packages/${file}`, import.meta.url), 'utf8');
      expect(source.split(from).length, name).toBe(2);
    }
  });
});
