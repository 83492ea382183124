import { inProcess, inProcesses, roomy } from '../harness/child.ts';
import { aboveFloor, atMost } from '../harness/row.ts';
import type { ValidToken } from '../tasks/valid-token.ts';
import { figures, type Group } from './stage.ts';

export const validToken: Group = async ({ quick }) => {
  const results = await inProcesses<ValidToken>(quick ? 2 : 5, 'valid-token', {
    rounds: quick ? 10 : 20,
  });
  const bytes = await inProcess<Record<string, number>>('bytes-per-call', null, roomy);
  const ratio = { group: 1, unit: 'ratio to floor', better: 'less' } as const;
  return [
    {
      ...ratio,
      metric: '`getAccessToken` of a valid token',
      ...figures(results.map(({ get }) => get)),
      goal: atMost(1.05),
    },
    {
      ...ratio,
      metric: '`currentAccessToken`',
      ...figures(results.map(({ current }) => current)),
      goal: atMost(1.2),
    },
    {
      ...ratio,
      metric: 'allocated by one `getAccessToken`',
      unit: 'bytes',
      ...figures([bytes]),
      goal: aboveFloor(0, ''),
    },
  ];
};
