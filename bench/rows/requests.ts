import { inProcesses } from '../harness/child.ts';
import { aboveFloor, atMost } from '../harness/row.ts';
import { accountsNeeded, type ServedRequests } from '../tasks/served-requests.ts';
import type { StubbedRequests } from '../tasks/stubbed-requests.ts';
import { accountsOf, figures, type Group } from './stage.ts';

export const requests: Group = async (stage) => {
  const processes = stage.quick ? 2 : 4;
  const stubbed = await inProcesses<StubbedRequests>(processes, 'stubbed-requests', {
    rounds: stage.quick ? 10 : 20,
  });
  const served: ServedRequests[] = [];
  for (let left = stage.quick ? 1 : 2; left > 0; left -= 1) {
    const accounts = await accountsOf(stage, accountsNeeded, 'live');
    served.push(
      ...(await inProcesses<ServedRequests>(1, 'served-requests', {
        rounds: stage.quick ? 6 : 10,
        accounts,
      })),
    );
  }
  const ratio = { group: 2, unit: 'ratio to floor', better: 'less' } as const;
  const added = figures(stubbed.map(({ added }) => added));
  return [
    {
      ...ratio,
      metric: 'added to a request whose network is stubbed',
      unit: 'µs',
      ...added,
      goal: aboveFloor(1, ' µs'),
    },
    {
      ...ratio,
      metric: 'latency of a request over HTTP',
      ...figures(served.map(({ latency }) => latency)),
      goal: atMost(1.02),
    },
    {
      ...ratio,
      metric: 'through ky (floor: ky and a hook)',
      ...figures(stubbed.map(({ ky }) => ky)),
      goal: atMost(1.05),
    },
    {
      ...ratio,
      metric: 'a refresh grant (floor: a bare one)',
      ...figures(served.map(({ grant }) => grant)),
      goal: atMost(1.1),
    },
  ];
};
