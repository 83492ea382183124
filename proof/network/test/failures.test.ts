import { expect, it } from 'vitest';
import { runtimes } from '../../runtimes/runtimes.ts';
import { figuresOf } from '../figures.ts';
import { faultOf, isUntold, type Measured, measure, patience } from '../measure.ts';
import { rows } from '../rows.ts';

const node = runtimes.filter(({ name }) => name === 'Node 24');

it.each(node)(
  'under $name every connection that fails is distinguished from a request that may have arrived',
  async (runtime) => {
    const measured = await measure(runtime, rows, patience);
    expect(measured).toHaveLength(rows.length);
    expect(
      measured.map((each) => [each.row.name, faultOf(each)]).filter(([, fault]) => fault !== null),
    ).toEqual([]);
    expect(measured.filter(isUntold).map(({ row, detail }) => [row.name, detail])).toEqual([]);
  },
);

const [unmade, read] = [
  rows.find(({ fate }) => fate === 'unmade'),
  rows.find(({ fate }) => fate === 'read'),
];
const cell = (row: Measured['row'] | undefined, seen: number, type: string): Measured => {
  if (row === undefined) throw new Error('There is no such row.');
  return { row, seen, type, detail: '' };
};

it('a request that was read and is called unsent is a fault, and so is a row that does not do what it says', () => {
  expect(faultOf(cell(unmade, 0, 'not_sent'))).toBeNull();
  expect(faultOf(cell(unmade, 0, 'unknown'))).toBeNull();
  expect(faultOf(cell(read, 9, 'unknown'))).toBeNull();
  expect(faultOf(cell(read, 9, 'not_sent'))).toMatch(/nothing was sent/);
  expect(faultOf(cell(read, 0, 'unknown'))).toMatch(/0 bytes/);
  expect(faultOf(cell(unmade, 9, 'unknown'))).toMatch(/9 bytes/);
  expect(faultOf(cell(unmade, 0, 'granted'))).toMatch(/granted/);
});

it('the figures mark what left unsent without a proof, and name the runtimes', () => {
  const figures = figuresOf(
    [{ runtime: 'Bun 1', version: '1.4.5', cells: [cell(unmade, 0, 'unknown')] }],
    'today',
  );
  expect(figures).toContain('unknown (!)');
  expect(figures).toMatch(/Bun 1\.4\.5; today\.$/);
});
