import { cpus, totalmem } from 'node:os';
import { asMarkdown, today } from '../tooling/figures.ts';
import { type Row, verdict } from './harness/row.ts';
import { mainTable, peerTable } from './harness/table.ts';
import { peerVersions } from './peers/ensure-peers.ts';

/**
 * The figures of docs/measured/benchmark.md: the table, every peer's medians, and on what machine.
 */
export function figuresOf(rows: readonly Row[], seconds: number): Record<string, string> {
  const judged = rows.map(verdict).filter((each) => each !== '–');
  const met = judged.filter((each) => each === 'met').length;
  const versions = Object.entries(peerVersions()).map(([name, version]) => `${name} ${version}`);
  const processors = `${cpus().length} cores (${cpus()[0]?.model.trim()})`;
  const machine = `${processors}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  return {
    main: `${met} of ${judged.length} goals are met.\n\n${asMarkdown(mainTable(rows))}`,
    peers: asMarkdown(peerTable(rows)),
    circumstances: `On ${today()} in ${seconds} s: ${machine}.\nPeers: ${versions.join(', ')}.`,
  };
}
