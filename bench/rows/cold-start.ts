import { inProcesses } from '../harness/child.ts';
import { atMost } from '../harness/row.ts';
import type { ColdStart } from '../tasks/cold-start.ts';
import { figures, type Group } from './stage.ts';

export const coldStart: Group = async ({ quick, redis }) => {
  const results = await inProcesses<ColdStart>(quick ? 2 : 4, 'cold-start', {
    rounds: quick ? 10 : 15,
    port: redis.port,
  });
  const ratio = { group: 4, unit: 'ratio to floor', better: 'less' } as const;
  return [
    {
      ...ratio,
      metric: 'cold start from memory (floor: a map and `JSON.parse`)',
      ...figures(results.map(({ memory }) => memory)),
      goal: atMost(2),
    },
    {
      ...ratio,
      metric: 'cold start from Redis (floor: `GET` and `JSON.parse`)',
      ...figures(results.map(({ redis }) => redis)),
      goal: atMost(1.3),
    },
  ];
};
