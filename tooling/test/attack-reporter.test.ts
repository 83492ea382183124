import { expect, it } from 'vitest';
import { attackTable } from '../attack-reporter.ts';

it('the attacks of each attacker are counted, and what got through is named', () => {
  const results = [
    { attacker: 'a website', refused: 2, through: [] },
    { attacker: 'a stranger', refused: 1, through: ['a code is sent twice'] },
  ];
  expect(attackTable(results).split('\n')).toEqual([
    ' a stranger: 2 attacks, 1 refused, 1 got through',
    '   got through: a code is sent twice',
    ' a website: 2 attacks, 2 refused, 0 got through',
    '4 attacks, 3 refused, 1 got through',
  ]);
});
