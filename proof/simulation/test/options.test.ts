import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandOf, defaults, help, readOptions } from '../options.ts';
import { type Safeguard, safeguards } from '../safeguards.ts';
import { readState, writeState } from '../state-file.ts';
import { without } from '../without.ts';
import { sorts } from '../world/sorts.ts';

describe('npm run simulate', () => {
  it('needs no options', () => {
    expect(readOptions([])).toEqual(defaults);
  });

  it('takes what its help names', () => {
    const args =
      '--seeds 7,9-11 --weeks 2 --processes 3 --accounts 1 --seconds 60 --faults kill_holder,clock_back --without claim --store losing --go-on --write';
    expect(readOptions(args.split(' '))).toEqual({
      seeds: [
        { from: 7, to: 7 },
        { from: 9, to: 11 },
      ],
      weeks: 2,
      processes: 3,
      accounts: 1,
      seconds: 60,
      faults: ['kill_holder', 'clock_back'],
      without: 'claim',
      store: 'losing',
      goOn: true,
      state: null,
      controls: false,
      write: true,
    });
    for (const [name] of args.matchAll(/--[a-z-]+/g)) expect(help).toContain(name);
  });

  it('plays one seed, or from one on for as long as it is given', () => {
    const endless = Number.POSITIVE_INFINITY;
    expect(readOptions(['--seed', '5'])).toMatchObject({
      seeds: [{ from: 5, to: 5 }],
      seconds: endless,
    });
    expect(readOptions(['--seed', '5', '--minutes', '2'])).toMatchObject({
      seeds: [{ from: 5, to: endless }],
      seconds: 120,
    });
    expect(readOptions(['--seeds', '33,1-', '--seconds', '9'])).toMatchObject({
      seeds: [
        { from: 33, to: 33 },
        { from: 1, to: endless },
      ],
    });
    expect(readOptions(['--state', 'here.json', '--minutes', '1'])).toMatchObject({
      state: 'here.json',
    });
  });

  it('is not run when its help is wanted', () => {
    expect(readOptions(['--help'])).toBeNull();
  });

  it('refuses what makes no sense, and says what would', () => {
    expect(() => readOptions(['--weeks', '0'])).toThrow(
      '--weeks must be a whole number of at least 1, not "0".',
    );
    expect(() => readOptions(['--faults', 'rain'])).toThrow('--faults must be kill_holder or');
    expect(() => readOptions(['--without', 'hope'])).toThrow('--without must be version-check or');
    expect(() => readOptions(['--store', 'heap'])).toThrow('--store must be lagging or');
    expect(() => readOptions(['--seeds', '5,x'])).toThrow(
      '--seeds must be numbers and ranges such as 33,38,1-40, not "x".',
    );
    expect(() => readOptions(['--seeds', '5-'])).toThrow(
      'Seeds without an end need --minutes or --seconds.',
    );
  });

  it('prints a command that plays a seed again', () => {
    const faults = [sorts.slice(0, 1), sorts.slice(1), [], sorts];
    for (const each of faults) {
      const options = { ...defaults, weeks: 2, faults: each, without: 'claim' } as const;
      const [, args = ''] = commandOf(options, 9).split(' -- ');
      expect(readOptions(args.split(' '))).toEqual({ ...options, seeds: [{ from: 9, to: 9 }] });
    }
  });
});

describe('a run that goes on every night', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'simulation-')), 'state.json');

  it('begins at the first seed, and goes on where the file says', () => {
    expect(readState(file, 12)).toEqual({ next: 12, broken: [] });
    writeState(file, { next: 40, broken: [17] });
    expect(readState(file, 12)).toEqual({ next: 40, broken: [17] });
  });

  it('refuses a file that says something else', () => {
    writeFileSync(file, '{"next":"soon"}');
    expect(() => readState(file, 1)).toThrow('is not the state of a simulation.');
  });
});

describe('the safeguards that can be taken out', () => {
  it('are in the sources exactly once', () => {
    for (const { cuts } of Object.values<Safeguard>(safeguards))
      for (const cut of cuts) expect(without(cut)).not.toBe('');
    expect(Object.keys(safeguards).length).toBeGreaterThanOrEqual(30);
  });

  it('are named when a source has lost its text, or has it twice', () => {
    const file = 'core/src/key.ts';
    expect(() => without({ file, from: 'no such text', to: '' })).toThrow(
      '"no such text" is 0 times in core/src/key.ts',
    );
    expect(() => without({ file, from: 'export', to: '' })).toThrow(
      'times in core/src/key.ts, so it cannot be taken out.',
    );
  });
});
