import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exitOf, exitOfStatus, exits, meanings } from '../src/exit-codes.ts';
import { overview } from '../src/help.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('have one meaning each, which --help and the README tell', () => {
  expect(Object.keys(meanings).map(Number)).toEqual(Object.values(exits));
  for (const [exit, meaning] of Object.entries(meanings)) {
    expect(readme).toContain(`| ${exit} | ${meaning} |\n`);
    expect(overview()).toMatch(
      new RegExp(`^ {2}${exit} +${meaning.replace(/[().]/g, '\\$&')}$`, 'm'),
    );
  }
});

it('say whether to sign in, to give up, or to come back', () => {
  expect(exitOf('session_expired')).toBe(3);
  expect(exitOf('grant_rejected')).toBe(4);
  expect(exitOf('grant_budget')).toBe(5);
  expect(exitOf('outcome_unknown')).toBe(6);
  expect(exitOf('store_corrupt')).toBe(7);
  expect(exitOf('one of a later version' as 'closed')).toBe(1);
});

it.each([
  [200, 0],
  [204, 0],
  [304, 0],
  [400, 22],
  [401, 22],
  [429, 5],
  [503, 22],
])('takes the status %i of an API call for %i', (status, exit) =>
  expect(exitOfStatus(status)).toBe(exit),
);
