// `npm run chaos`: sets a stage, lets the nemesis rage, and prints what the judge says. Exit code 1
// if a rule was broken.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { figuresOf } from '../judge/figures.ts';
import { judge } from '../judge/judge.ts';
import { type ChaosOptions, help, readOptions } from './options.ts';
import { report } from './report.ts';
import { runChaos } from './run.ts';

// So that the workers end too: they are killed when this process exits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(1));

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(help);
  else process.exitCode = await chaos(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // Not by itself: what had been started already would keep this process alive.
  process.exit(1);
}

async function chaos(options: ChaosOptions): Promise<number> {
  const folder =
    options.keep === null ? mkdtempSync(join(tmpdir(), 'act-on-chaos-')) : resolve(options.keep);
  mkdirSync(folder, { recursive: true });
  const evidence = await runChaos(options, folder);
  const verdict = judge(evidence);
  console.log(report(options, figuresOf(evidence), verdict).join('\n'));
  const isClean = verdict.violations.length === 0;
  if (isClean && options.keep === null) rmSync(folder, { recursive: true });
  else {
    // Beside the histories of the workers. There are prints in place of tokens in all of them; only
    // the store itself has the tokens.
    const { lives: _, ...rest } = evidence;
    writeFileSync(join(folder, 'evidence.json'), JSON.stringify({ ...rest, verdict }));
    console.log(`  kept in ${folder}`);
  }
  return isClean ? 0 : 1;
}
