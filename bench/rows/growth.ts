import { ours } from '../clients/ours.ts';
import { inProcess } from '../harness/child.ts';
import type { Row } from '../harness/row.ts';
import { shared } from './processes.ts';
import { everybody, figures, type Group, inTurn, pick, type Stage } from './stage.ts';
import { storm } from './storms.ts';

/** What grows with what: no goals, but nothing here may grow faster than what it is asked for. */
export const growth: Group = async (stage) => [
  ...(await byProcesses(stage)),
  ...(await byAccounts(stage)),
  ...(await byCallers(stage)),
];

async function byProcesses(stage: Stage): Promise<Row[]> {
  // A hundred processes on two cores would measure the starting of processes: there it is twenty,
  // with five connections, stores and sessions each.
  const shapes = [
    [1, 1],
    [10, 1],
    [20, 5],
  ] as const;
  const rows: Row[] = [];
  for (const [processes, members] of stage.quick ? shapes.slice(0, 2) : shapes) {
    const names = [ours.name, 'floor'];
    const results = await inTurn(stage.quick ? 1 : 2, names, (client) =>
      shared(stage, client, processes, 10, members),
    );
    const count = processes * members;
    const who =
      members > 1
        ? `${count} members in ${processes} processes`
        : `${count} ${count === 1 ? 'process' : 'processes'}`;
    const metric = `${who} × 10 callers, token expired`;
    const row = { group: 9, better: 'less', goal: null } as const;
    rows.push({
      ...row,
      metric: `${metric}: token requests`,
      unit: '',
      ...figures(pick(results, ({ requests }) => requests)),
    });
    rows.push({
      ...row,
      metric: `${metric}: slowest process`,
      unit: 'ms',
      ...figures(pick(results, ({ slowest }) => slowest)),
    });
  }
  return rows;
}

async function byAccounts({ quick }: Stage): Promise<Row[]> {
  const rows: Row[] = [];
  for (const accounts of quick ? [1_000, 20_000] : [1_000, 10_000, 100_000]) {
    const nanos = await inProcess<number>('many-accounts', { accounts });
    const metric = `a valid token of one of ${accounts.toLocaleString('en')} accounts, taken at random`;
    rows.push({
      group: 9,
      metric,
      unit: 'ns',
      ...figures([{ [ours.name]: nanos }]),
      better: 'less',
      goal: null,
    });
  }
  return rows;
}

async function byCallers(stage: Stage): Promise<Row[]> {
  const rows: Row[] = [];
  for (const callers of [1, 100, 1_000]) {
    const results = await inTurn(stage.quick ? 1 : 2, everybody, (client) =>
      storm(stage, { client, callers, wish: 'token' }, 'lapsed'),
    );
    const metric = `${callers.toLocaleString('en')} ${callers === 1 ? 'caller' : 'callers'}, token expired`;
    rows.push({
      group: 9,
      metric,
      unit: 'ms',
      ...figures(pick(results, ({ ms }) => ms)),
      better: 'less',
      goal: null,
    });
  }
  return rows;
}
