import { peers } from '../clients/all.ts';
import { ours } from '../clients/ours.ts';
import { inProcess } from '../harness/child.ts';
import { atMost, exactly, type Row, timesFloor } from '../harness/row.ts';
import type { Outage } from '../tasks/outage.ts';
import type { Input, Storm } from '../tasks/storm.ts';
import { everybody, figures, type Group, inTurn, pick, type Stage } from './stage.ts';

/** Milliseconds that a refresh takes at the server. */
const delay = 50;

type Counted = Storm & { readonly requests: number };

export const storms: Group = async (stage) => [
  ...(await expired(stage)),
  ...(await refused(stage)),
  ...(await outage()),
];

async function expired(stage: Stage): Promise<Row[]> {
  await stage.actOn.arm({
    route: 'token',
    kind: 'delay',
    ms: delay,
    grantType: 'refresh_token',
    times: null,
  });
  const results = await inTurn(stage.quick ? 2 : 4, everybody, (client) =>
    storm(stage, { client, callers: 10_000, wish: 'token' }, 'lapsed'),
  );
  await stage.actOn.disarm();
  const row = { group: 3, better: 'less' } as const;
  const metric = '10,000 callers, token expired';
  return [
    {
      ...row,
      metric: `${metric}: token requests`,
      unit: '',
      ...figures(pick(results, ({ requests }) => requests)),
      goal: exactly(1),
    },
    {
      ...row,
      metric: `${metric}: callers that fail`,
      unit: '',
      ...figures(pick(results, ({ failed }) => failed)),
      goal: exactly(0),
    },
    {
      ...row,
      metric: `${metric}: beyond the server’s delay`,
      unit: 'ms',
      ...figures(pick(results, ({ ms }) => ms - delay)),
      goal: timesFloor(1.3),
    },
  ];
}

async function refused(stage: Stage): Promise<Row[]> {
  const results = await inTurn(stage.quick ? 1 : 2, everybody, (client) =>
    storm(stage, { client, callers: 200, wish: 'request' }, 'refused'),
  );
  const row = { group: 3, unit: '', better: 'less' } as const;
  const metric = '200 requests that all get a 401';
  return [
    {
      ...row,
      metric: `${metric}: token requests`,
      ...figures(pick(results, ({ requests }) => requests)),
      goal: exactly(1),
    },
    {
      ...row,
      metric: `${metric}: requests that fail`,
      ...figures(pick(results, ({ failed }) => failed)),
      goal: exactly(0),
    },
  ];
}

/**
 * Each client in a process of its own, its token one that lapsed or one that the API refuses
 * although its time has not come.
 */
export async function storm(
  { actOn }: Stage,
  input: Pick<Input, 'client' | 'callers' | 'wish'>,
  token: 'lapsed' | 'refused',
): Promise<Counted | null> {
  const place = actOn.place(0);
  const lapsed = await actOn.signInLapsed(place);
  const refused = { ...lapsed, accessToken: 'f'.repeat(32), expiresAt: Date.now() + 1_800_000 };
  const before = await actOn.counts();
  const result = await inProcess<Storm | null>('storm', {
    ...input,
    place,
    tokens: token === 'lapsed' ? lapsed : refused,
  });
  const after = await actOn.counts();
  return (
    result && {
      ...result,
      requests: after.refreshes + after.grants - before.refreshes - before.grants,
    }
  );
}

/** All at once, each with an emulator of its own: most of it is waiting. */
async function outage(): Promise<Row[]> {
  const names = [ours.name, ...peers.map(({ name }) => name)];
  const results = await Promise.all(names.map((client) => inProcess<Outage>('outage', { client })));
  const all = [Object.fromEntries(names.map((name, index) => [name, results[index] as Outage]))];
  const row = { group: 3, better: 'less' } as const;
  const metric = 'token endpoint answers 503 for 5 s';
  return [
    {
      ...row,
      metric: `${metric}: token requests per wave of 20 callers`,
      unit: '',
      ...figures(pick(all, ({ requestsPerWave }) => requestsPerWave)),
      goal: atMost(2),
    },
    {
      ...row,
      metric: `${metric}: password grants sent`,
      unit: '',
      ...figures(pick(all, ({ grants }) => grants)),
      goal: exactly(0),
    },
    {
      ...row,
      metric: `${metric}: until usable again`,
      unit: 's',
      ...figures(pick(all, ({ usableAfter }) => usableAfter ?? Number.POSITIVE_INFINITY)),
      goal: atMost(1),
    },
  ];
}
