import { inspect } from 'node:util';
import { isActOnTokenError } from '@act-on-token/core';
import { describe, expect, it } from 'vitest';
import { coreTables } from '../core-tables.ts';
import { exportedOptions } from '../exported-types.ts';
import { packageTables } from '../package-tables.ts';
import { misspellings, rightValues, type Table, wrongValues } from '../table.ts';

const tables: readonly Table[] = [...coreTables, ...packageTables];

/** The message with which these options are refused; `null` if they are taken. */
async function refusalOf(
  { make, good, refusal = 'configuration' }: Table,
  more: object,
): Promise<string | null> {
  try {
    await make({ ...good, ...more });
    return null;
  } catch (error) {
    const isOurs =
      refusal === 'TypeError'
        ? error instanceof TypeError
        : isActOnTokenError(error, 'configuration');
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
      expect(message ?? 'taken', inspect(value)).toContain(table.named ?? `"${prefix}${option}`);
      expect(message ?? 'taken', inspect(value)).toMatch(/ must | Give | takes /);
    }
  });

  it.each(names)('%s takes each right value, up to the bounds', async (option) => {
    for (const { value } of rightValues(table, option))
      expect(await refusalOf(table, { [option]: value }), inspect(value)).toBeNull();
  });

  it.skipIf(table.isClosed).each(names)('%s is named when it is misspelt', async (option) => {
    for (const name of misspellings(option, names))
      expect(await refusalOf(table, { [name]: 1 }), name).toMatch(
        new RegExp(`(Write|must be) "${prefix}${option}"`),
      );
  });

  it.skipIf(table.isClosed)('others pass, so that a bigger object can be spread', async () => {
    const plurals = Object.fromEntries(Object.keys(table.good).map((name) => [`${name}s`, []]));
    const more = { ...plurals, somethingBigger: 1, _: null, 'x-y': undefined, [Symbol('x')]: 1 };
    expect(await refusalOf(table, more)).toBeNull();
  });

  const noOptions = [undefined, null, 'canary', 7, true, [], () => ({})].map((options) => ({
    options,
    shown: inspect(options),
  }));
  it.each(noOptions)('none are in $shown', async ({ options }) => {
    // What has a default may be left out as a whole.
    if (options === undefined && table.isOptional) return;
    await expect((async () => table.make(options as never))()).rejects.toSatisfy((error) =>
      table.refusal === 'TypeError' ? error instanceof TypeError : isActOnTokenError(error),
    );
  });
});

describe('the tables', () => {
  const types = exportedOptions();
  /**
   * Options that have no table: what a component or a grant takes is checked where it is used, and
   * tested there.
   */
  const elsewhere = [
    ...[
      'ActOnTokenProviderProps',
      'ActOnTokenSuspenseProps',
      'ActOnSignedInProps',
      'ActOnTokenDevtoolsProps',
    ],
    ...['ExpectCallbackOptions', 'KeptCallback', 'ServerSessionOptions', 'Credentials', 'Grant'],
  ];
  const grants: Readonly<Record<string, string>> = {
    PasswordGrant: 'a password grant',
    AuthorizationCodeGrant: 'an authorization_code grant',
    RefreshTokenGrant: 'a refresh_token grant',
  };

  it('are of types that there are', () => {
    expect(types.size).toBeGreaterThan(20);
    expect(elsewhere.filter((name) => !types.has(name))).toEqual([]);
  });

  it.each([...types.keys()].filter((name) => !elsewhere.includes(name)))(
    'have each option of %s, and no other',
    (name) => {
      const own = tables.filter(({ type }) => type === name || type === grants[name]);
      const base =
        name === 'ServeOptions' ? tables.filter(({ type }) => type === 'EmulatorOptions') : [];
      const known = [...own, ...base].flatMap(({ rules }) => Object.keys(rules));
      const withType = name in grants ? [...known, 'type'] : known;
      // What ky has too, and we refuse.
      const refused = name === 'ActOnKyOptions' ? ['fetch', 'baseUrl'] : [];
      const given = types.get(name)?.map((property) => property.name) ?? [];
      expect(withType.filter((option) => !refused.includes(option)).sort()).toEqual(
        [...given].sort(),
      );
    },
  );

  it.each([...types.keys()])(
    'let undefined stand for every option of %s that may be left out',
    (name) => {
      const strict =
        types
          .get(name)
          ?.filter(({ isOptional, takesUndefined }) => isOptional && !takesUndefined) ?? [];
      expect(strict.map((property) => property.name)).toEqual([]);
    },
  );

  it.each(tables.filter(({ type }) => types.has(type)))(
    'require of $type what its type requires',
    ({ type, rules, refusal }) => {
      if (refusal === 'TypeError') return;
      const required = types
        .get(type)
        ?.filter(
          ({ name, isOptional }) =>
            !isOptional && !(type === 'ExpectedCallback' && name === 'state'),
        );
      const tabled = Object.keys(rules).filter((name) => rules[name]?.[1] === null);
      expect(tabled.sort()).toEqual(required?.map(({ name }) => name).sort());
    },
  );
});
