import { fileURLToPath } from 'node:url';
import { serveWorker, type Workerd } from '../serve.ts';
import { brokerCases } from './broker-cases.ts';
import type { Case } from './case.ts';
import { sessionCases } from './session-cases.ts';
import { createStage, type Stage } from './stage.ts';

export const cases: readonly Case[] = [...sessionCases, ...brokerCases];

/** A worker with the subjects of all cases at module scope, and the stage of each. */
export interface ModuleScope {
  run(each: Case): Promise<void>;
  close(): Promise<void>;
}

export async function openWorker(workerd: Workerd): Promise<ModuleScope> {
  let origin = '';
  const stages = new Map<string, Stage>();
  const close = async (): Promise<void> => {
    await Promise.all([...stages.values()].map((stage) => stage.close()));
  };
  try {
    for (const { name, shape } of cases)
      stages.set(name, await createStage(name, shape, () => origin));
    const settings = Object.fromEntries([...stages].map(([name, stage]) => [name, stage.settings]));
    const program = fileURLToPath(new URL('worker.ts', import.meta.url));
    const worker = await serveWorker(workerd, program, { subjectSettings: settings });
    origin = worker.origin;
    return {
      async run({ name, run }) {
        const stage = stages.get(name);
        if (stage === undefined) throw new Error(`There is no case "${name}".`);
        await run(stage);
      },
      async close() {
        await worker.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
