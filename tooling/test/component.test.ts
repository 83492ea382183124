import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { component } from '../component.ts';

const folder = dirname(process.execPath);
const PATH = ['', '/no/such/folder', folder].join(delimiter);

describe('component', () => {
  it('finds a program on the PATH', () => {
    expect(component('node', { PATH })).toBe(process.execPath);
  });

  it('finds it under another name, but rather under its own', () => {
    const bin = mkdtempSync(join(tmpdir(), 'act-on-token-component-'));
    onTestFinished(() => rmSync(bin, { recursive: true }));
    const [other, own] = [join(bin, 'firefox'), join(bin, 'firefox-esr')];
    writeFileSync(other, '', { mode: 0o755 });
    expect(component('firefox-esr', { PATH: bin })).toBe(other);
    writeFileSync(own, '', { mode: 0o755 });
    expect(component('firefox-esr', { PATH: bin })).toBe(own);
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
