import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../tooling/bootstrap/paths.mjs';
import { safeguards } from '../safeguards.ts';

const page = readFileSync(join(root, 'docs', 'measured', 'field-faults.md'), 'utf8');
const rows = page
  .slice(page.indexOf("## The protocol's corners"))
  .split('\n')
  .filter((line) => line.startsWith('| P'))
  .map((line) => line.split(' | '));

describe("the table of the protocol's corners", () => {
  it('names each control by a name that it has', () => {
    const named = rows.flatMap((cells) => {
      const [simulation = ''] = /S (`[\w-]+`(, )?)+/.exec(cells.at(-1) ?? '') ?? [];
      return [...simulation.matchAll(/`([\w-]+)`/g)].map(([, name]) => name ?? '');
    });
    expect(named.length).toBeGreaterThan(20);
    for (const name of named) expect(Object.keys(safeguards)).toContain(name);
  });

  it('has a control for each row, and each of P1 to P25 in a row', () => {
    for (const cells of rows) expect(cells.at(-1)).toMatch(/\b[SE] |list: |run of the simulation/);
    const ids = rows.flatMap(([id = '']) => [...id.matchAll(/P(\d+)/g)].map(([, each]) => each));
    expect([...new Set(ids)].map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 25 }, (_, index) => index + 1),
    );
  });
});
