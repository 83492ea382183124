import { join } from 'node:path';
import { storeCases } from '@act-on-token/store-kit';
import { describe, expect, it } from 'vitest';
import { freshFolder } from './support/fresh-folder.ts';
import { places } from './support/places.ts';
import type { Candidate, CaseOutcome } from './support/run-kit.ts';
import { type Runtime, runProgram, runtimes } from './support/runtimes.ts';

const folders = places().map(({ kind, directory }) => ({ kind, folder: freshFolder(directory) }));
const home = freshFolder();
const patience = { timeout: 120_000 };

describe.each(runtimes)('$name', patience, (runtime) => {
  describe.each(candidatesFor(runtime))(
    `$name under ${runtime.name} passes the store kit: it`,
    (candidate) => {
      let outcomes: Promise<CaseOutcome[]>;
      it.each(storeCases.map(({ name }) => name))('%s', async (rule) => {
        outcomes ??= runKit(runtime, candidate);
        expect((await outcomes).find((each) => each.rule === rule)?.outcome).toBe('kept');
      });
    },
  );
});

/**
 * What a runtime can get wrong is the disk, and the encryption over it. Under Node the other
 * packages try their stores.
 */
function candidatesFor({ name: runtime }: Runtime): Candidate[] {
  const inMemory = [
    { name: 'memoryStore', isSealed: false },
    { name: 'sealedStore over memoryStore', isSealed: true },
  ];
  const { kind, folder } = folders.at(-1) ?? { kind: 'nothing', folder: 'nowhere' };
  return [
    ...folders.map(({ kind, folder }) => ({
      name: `fileStore on ${kind}`,
      directory: join(folder, runtime),
      isSealed: false,
    })),
    {
      name: `sealedStore over fileStore on ${kind}`,
      directory: join(folder, `${runtime}-sealed`),
      isSealed: true,
    },
    ...(runtime === 'Node' ? [] : inMemory),
  ];
}

async function runKit(runtime: Runtime, candidate: Candidate): Promise<CaseOutcome[]> {
  const command = runtime.command(candidate.directory === undefined ? [] : [candidate.directory]);
  const { stdout } = await runProgram(
    command,
    'run-kit.ts',
    [JSON.stringify(candidate)],
    join(home, 'home'),
  );
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}
