import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root } from '../../../tooling/bootstrap/paths.mjs';
import { changedText } from '../changed-text.ts';
import { changes } from '../changes.ts';

// Whether their tests notice them shows `npm run mutation -- --changes`.
describe('the kept changes of meaning', () => {
  it.for([...new Set(changes.map(({ file }) => file))])(
    'can be made, and are programs: in %s',
    (file) => {
      const text = readFileSync(join(root, file), 'utf8');
      for (const change of changes.filter((each) => each.file === file)) {
        const changed = changedText(change, text);
        expect(changed, change.name).not.toBe(text);
        expect(() => transformSync(changed, { loader: 'ts' }), change.name).not.toThrow();
      }
    },
  );

  it('are sentences, and each is there once', () => {
    const names = changes.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const name of names) expect(name).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('name tests that are there', () => {
    const missing = [...new Set(changes.flatMap(({ tests }) => tests))].filter(
      (test) => !existsSync(join(root, test)),
    );
    expect(missing).toEqual([]);
    expect(changes.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('are noticed but for one in twenty, each of those with its reason', () => {
    const explained = changes.filter(({ unnoticed }) => unnoticed !== undefined);
    expect(explained.length / changes.length).toBeLessThanOrEqual(0.05);
    for (const { unnoticed } of explained) expect(unnoticed).toMatch(/^[A-Z].{30,}\.$/);
  });

  it('must occur exactly once', () => {
    const change = { name: 'A change.', file: 'a file', find: 'a', replace: '$&', tests: [] };
    expect(changedText(change, 'abc')).toBe('$&bc');
    for (const text of ['aba', 'bcd'])
      expect(() => changedText(change, text)).toThrow('exactly once');
  });
});
