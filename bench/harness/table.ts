import type { Table } from '../../tooling/figures.ts';
import { bestPeer, figure, type Row, verdict } from './row.ts';

const titles = ['#', 'metric', 'ours', 'best peer', 'floor', 'goal', ''];

/** The whole benchmark, a line for each row. */
export function mainTable(rows: readonly Row[]): Table {
  return [titles, ...rows.map(cellsOf)];
}

function cellsOf(row: Row): string[] {
  const best = bestPeer(row);
  const peer = best === null ? 'not offered' : `${figure(best.figure)} ${best.name}`;
  const metric = row.unit === '' ? row.metric : `${row.metric}, ${row.unit}`;
  return [
    String(row.group),
    metric,
    figure(row.ours),
    peer,
    row.floor === null ? '–' : figure(row.floor),
    row.goal?.text ?? '–',
    verdict(row),
  ];
}

/** Every peer's median. */
export function peerTable(rows: readonly Row[]): Table {
  const measured = rows.filter(({ peers }) => Object.keys(peers).length > 0);
  const names = [...new Set(measured.flatMap(({ peers }) => Object.keys(peers)))];
  const cells = (row: Row): string[] => names.map((name) => medianOf(row, name));
  return [
    ['#', 'metric', 'ours', ...names],
    ...measured.map((row) => [
      String(row.group),
      row.metric,
      figure(point(row.ours.median)),
      ...cells(row),
    ]),
  ];
}

function medianOf({ peers }: Row, name: string): string {
  const { median } = peers[name] ?? {};
  return median === undefined ? 'not offered' : figure(point(median));
}

const point = (median: number) => ({ median, low: median, high: median });
