import { describe, expect, it } from 'vitest';
import { defaults, help, readOptions } from '../options.ts';

describe('npm run chaos', () => {
  it('needs no options', () => {
    expect(readOptions([])).toEqual(defaults);
  });

  it('takes what its help names', () => {
    const args =
      '--seconds 600 --settle 0 --seed 7 --store file --processes 3 --accounts 1 --pace 100 --grants true --break-store --keep /tmp/x';
    expect(readOptions(args.split(' '))).toEqual({
      ...{
        seconds: 600,
        settle: 0,
        seed: 7,
        store: 'file',
        processes: 3,
        accounts: 1,
        pace: 100,
        grants: 'true',
        breakStore: true,
      },
      ...{ keep: '/tmp/x', untilAllStruck: false },
    });
    for (const [name] of args.matchAll(/--[a-z-]+/g)) expect(help).toContain(name);
  });

  it('is not run when its help is wanted', () => {
    expect(readOptions(['--seconds', '5', '--help'])).toBeNull();
  });

  it.each([
    [['--seconds', 'ten'], '--seconds must be a whole number of at least 1, not "ten".'],
    [['--processes', '1'], '--processes must be a whole number of at least 2, not "1".'],
    [['--store', 'sql'], '--store must be redis or postgres or file, not "sql".'],
    [['--secnods', '5'], 'secnods'],
  ])('refuses %j', (args, complaint) => {
    expect(() => readOptions(args)).toThrow(complaint);
  });
});
