import { expect, it } from 'vitest';
import { runtimes } from '../../runtimes/runtimes.ts';
import { faultOf, isUntold, type Measured, measure, patience } from '../measure.ts';
import { withTable } from '../page.ts';
import { rows } from '../rows.ts';

const node = runtimes.filter(({ name }) => name === 'Node 24');

it.each(node)('under $name every connection that fails is told from a request that may have arrived', async (runtime) => {
  const measured = await measure(runtime, rows, patience);
  expect(measured).toHaveLength(rows.length);
  expect(measured.map((each) => [each.row.name, faultOf(each)]).filter(([, fault]) => fault !== null)).toEqual([]);
  expect(measured.filter(isUntold).map(({ row, detail }) => [row.name, detail])).toEqual([]);
});

const [unmade, read] = [rows.find(({ fate }) => fate === 'unmade'), rows.find(({ fate }) => fate === 'read')];
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

it('the table is put between its marks and nowhere else', () => {
  const marks = ['<!-- the table, written by npm run network -->', '<!-- end of the table -->'];
  const page = withTable(
    `before\n${marks.join('old')}\nafter`,
    [{ runtime: 'Bun', version: '1', cells: [cell(unmade, 0, 'unknown')] }],
    'today',
  );
  expect(page).toMatch(/^before\n<!-- the table/);
  expect(page).toMatch(/end of the table -->\nafter$/);
  expect(page).toContain('unknown (!)');
  expect(page).not.toContain('old');
  expect(() => withTable('no marks', [], 'today')).toThrow(/marks/);
});
