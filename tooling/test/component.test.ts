import { delimiter, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { component } from '../component.ts';

const folder = dirname(process.execPath);
const PATH = ['', '/no/such/folder', folder].join(delimiter);

describe('component', () => {
  it('finds a program on the PATH', () => {
    expect(component('node', { PATH })).toBe(process.execPath);
  });

  it('finds nothing where there is nothing', () => {
    expect(component('no-such-program', { PATH })).toBeUndefined();
    expect(component('node', {})).toBeUndefined();
  });

  it('refuses to go on without it where nothing may be skipped', () => {
    const env = { PATH, ACT_ON_TOKEN_COMPONENTS: 'required' };
    expect(component('node', env)).toBe(process.execPath);
    expect(() => component('no-such-program', env)).toThrow('"no-such-program" is not on the PATH');
  });
});
