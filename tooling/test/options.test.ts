import { inspect } from 'node:util';
import { isActOnTokenError } from '@act-on-token/core';
import { describe, expect, it } from 'vitest';
import { coreTables } from '../options/core-tables.ts';
import { misspellings, rightValues, type Table, wrongValues } from '../options/table.ts';

const tables: readonly Table[] = [...coreTables];

/** The message with which these options are refused; `null` if they are taken. */
async function refusalOf({ make, good, refusal = 'configuration' }: Table, more: object): Promise<string | null> {
  try {
    await make({ ...good, ...more });
    return null;
  } catch (error) {
    const isOurs = refusal === 'TypeError' ? error instanceof TypeError : isActOnTokenError(error, 'configuration');
    if (!isOurs) throw error;
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary');
    return (error as Error).message;
  }
}

describe.each(tables)('of the options of $type', (table) => {
  const { rules, prefix = '' } = table;
  const names = Object.keys(rules);

  it.each(names)('%s refuses each wrong value, naming itself and what is right', async (option) => {
    const trials = wrongValues(table, option);
    expect(trials.length, 'wrong values are known').toBeGreaterThan(2);
    for (const { value } of trials) {
      const message = await refusalOf(table, { [option]: value });
      expect(message ?? 'taken', inspect(value)).toContain(`"${prefix}${option}`);
      expect(message ?? 'taken', inspect(value)).toMatch(/ must be | Give | takes /);
    }
  });

  it.each(names)('%s takes each right value, up to the bounds', async (option) => {
    for (const { value } of rightValues(table, option)) expect(await refusalOf(table, { [option]: value }), inspect(value)).toBeNull();
  });

  it.each(names)('%s is named when it is misspelt', async (option) => {
    for (const name of misspellings(option, names))
      expect(await refusalOf(table, { [name]: 1 }), name).toContain(`Write "${prefix}${option}"`);
  });

  it('others pass, so that a bigger object can be spread', async () => {
    const plurals = Object.fromEntries(Object.keys(table.good).map((name) => [`${name}s`, []]));
    const more = { ...plurals, somethingBigger: 1, _: null, 'x-y': undefined, [Symbol('x')]: 1 };
    expect(await refusalOf(table, more)).toBeNull();
  });

  it.each([undefined, null, 'canary', 7, true, [], () => ({})])('none are in %s', async (options) => {
    // What has a default may be left out as a whole.
    if (options === undefined && table.isOptional) return;
    await expect((async () => table.make(options as never))()).rejects.toSatisfy((error) =>
      table.refusal === 'TypeError' ? error instanceof TypeError : isActOnTokenError(error),
    );
  });
});
