import { floor } from '../clients/floor.ts';
import { ours } from '../clients/ours.ts';
import { inProcess } from '../harness/child.ts';
import { exactly, shareOfFloor } from '../harness/row.ts';
import type { RefreshRate } from '../tasks/refresh-rate.ts';
import type { SteadyTraffic } from '../tasks/steady-traffic.ts';
import { accountsOf, figures, type Group } from './stage.ts';

export const steady: Group = async (stage) => {
  const { longestWait, refreshes } = await inProcess<SteadyTraffic>('steady-traffic');
  const accounts = await accountsOf(stage, stage.quick ? 200 : 400, 'live');
  const rate = await inProcess<RefreshRate>('refresh-rate', {
    port: stage.redis.port,
    rounds: stage.quick ? 4 : 10,
    accounts,
  });
  const rates = rate.ours.map((own, round) => ({
    [ours.name]: own,
    [floor.name]: rate.floor[round] ?? Number.NaN,
  }));
  return [
    {
      group: 8,
      metric: `steady traffic over ${refreshes} refreshes: longest wait of a caller`,
      unit: 'ms',
      ...figures([{ [ours.name]: longestWait, [floor.name]: 0 }]),
      better: 'less',
      goal: exactly(0),
    },
    {
      group: 8,
      metric: 'refreshes per second of one process, Redis and HTTP',
      unit: '',
      ...figures(rates),
      better: 'more',
      goal: shareOfFloor(0.7),
    },
  ];
};
