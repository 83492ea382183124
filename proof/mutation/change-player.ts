import { join } from 'node:path';
import { createVitest, type TestModule } from 'vitest/node';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { changes } from './changes.ts';

/*
 * A process that plays one change after the other, as its parent asks (play-changes.ts). It starts
 * Vitest once: to start it for each change takes longer than most tests do.
 */

export interface Order {
  /** The change by its name; none of that name changes nothing. */
  readonly change: string;
  readonly tests: readonly string[];
}

/** `by`: the first test that failed; or why none ran, as where a change is not even a program. */
export interface Outcome {
  readonly type: 'noticed' | 'not noticed' | 'broken';
  readonly by: string;
}

const vitest = await createVitest('test', {
  config: join(root, 'proof', 'mutation', 'changes.vitest.config.ts'),
  watch: false,
  bail: 1,
});

process.on('message', async (order: Order) => {
  process.send?.(await play(order));
});
process.send?.('ready');

async function play({ change, tests }: Order): Promise<Outcome> {
  const file = changes.find(({ name }) => name === change)?.file;
  process.env.ACT_ON_TOKEN_CHANGE = change;
  forget(file);
  vitest.state.filesMap.clear();
  try {
    const { testModules, unhandledErrors } = await vitest.start([...tests]);
    return outcomeOf(testModules, unhandledErrors);
  } finally {
    forget(file);
  }
}

/** What was made of the file's text: with a change in it, or without. */
function forget(file: string | undefined): void {
  for (const { vite } of vitest.projects)
    for (const { moduleGraph } of Object.values(vite.environments))
      for (const module of moduleGraph.getModulesByFile(join(root, file ?? '')) ?? [])
        moduleGraph.invalidateModule(module);
}

function outcomeOf(modules: readonly TestModule[], errors: readonly unknown[]): Outcome {
  for (const module of modules)
    for (const test of module.children.allTests('failed'))
      return { type: 'noticed', by: `${module.relativeModuleId} > ${test.fullName}` };
  const broken = modules.flatMap((module) => module.errors())[0];
  if (broken !== undefined) return { type: 'broken', by: broken.message };
  const [error] = errors;
  if (error !== undefined) return { type: 'noticed', by: `outside of any test, ${error}` };
  const hasRun = modules.some((module) => module.state() === 'passed');
  return hasRun ? { type: 'not noticed', by: '' } : { type: 'broken', by: 'no test ran' };
}
