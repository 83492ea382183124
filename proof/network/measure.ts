import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../tooling/bootstrap/paths.mjs';
import type { Runtime } from '../runtimes/runtimes.ts';
import { bundleOf } from '../support/bundle.ts';
import { makeCertificates } from './certificates.ts';
import type { Conclusion, Errand } from './client.ts';
import type { Row } from './rows.ts';

/** How long a request is waited for, in milliseconds: longer than Node tries to connect. */
export const patience = 12_000;

/** What became of a row under a runtime. */
export interface Measured extends Conclusion {
  readonly row: Row;
  readonly seen: number;
}

/** Plays the rows under a runtime, all at once. */
export async function measure(
  runtime: Runtime,
  rows: readonly Row[],
  wait: number,
): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-network-'));
  const certificates = await makeCertificates();
  const played = rows.filter(
    ({ needsLookup }) => needsLookup !== true || runtime.name.startsWith('Node'),
  );
  const stages = await Promise.all(played.map((row) => row.open(certificates)));
  try {
    const [program, authority] = [join(folder, 'client.mjs'), join(folder, 'authority.pem')];
    writeFileSync(program, await bundleOf(join(root, 'proof', 'network', 'client.ts')));
    writeFileSync(authority, certificates.authority);
    const errands = stages.map(
      ({ url, addresses }): Errand => ({ url, patience: wait, ...(addresses && { addresses }) }),
    );
    const env = {
      ...{ PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' },
      ...{ NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority },
    };
    const { stdout } = await promisify(execFile)(
      runtime.file,
      [...runtime.program, program, JSON.stringify(errands)],
      { env },
    );
    const conclusions = JSON.parse(stdout) as Conclusion[];
    return played.map((row, i) => ({
      row,
      seen: stages[i]?.seen() ?? 0,
      ...(conclusions[i] ?? { type: '', detail: '' }),
    }));
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why a row is wrong; `null` if it is right. */
export function faultOf({ row, seen, type }: Measured): string | null {
  if (row.fate === 'read' ? seen === 0 : seen > 0) return `the server read ${seen} bytes`;
  if (type !== 'not_sent' && type !== 'unknown') return `the library concluded "${type}"`;
  return row.fate === 'read' && type === 'not_sent'
    ? 'the library said that nothing was sent'
    : null;
}

/** Nothing left, and the library could not know. */
export function isUntold({ row, type }: Measured): boolean {
  return row.fate === 'unmade' && type !== 'not_sent';
}
