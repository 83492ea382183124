import { describe, expect, it } from 'vitest';
import { readOptions } from '../options.ts';

describe('the options of the benchmark', () => {
  it('measure everything unless told otherwise', () => {
    expect(readOptions([])).toEqual({ only: null, quick: false, task: 'measure' });
  });

  it('choose groups by their numbers', () => {
    expect(readOptions(['--only', '3,5', '--quick'])).toEqual({
      only: [3, 5],
      quick: true,
      task: 'measure',
    });
  });

  it('ask for profiles or limits instead', () => {
    expect(readOptions(['--profile'])?.task).toBe('profile');
    expect(readOptions(['--limits'])?.task).toBe('limits');
  });

  it('refuse a group that there is none of', () => {
    expect(() => readOptions(['--only', '3,twelve'])).toThrow('"twelve"');
  });
});
