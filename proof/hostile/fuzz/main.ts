// `npm run fuzz`: changes kept inputs at random and hands them to everything that reads what others
// wrote. Exit code 1: a promise was broken.
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../../tooling/arguments.ts';
import { type FuzzFigures, type FuzzOptions, fuzz } from './fuzz.ts';

const help = `npm run fuzz -- [options]

Changes the inputs in proof/hostile/corpus at random, guided by which parts of core they make run, and hands them to the readers:
the token endpoint's answer, the callback URL, the stored record, Retry-After, and addresses for session.fetch(). An input that
breaks a promise is made small and kept in the corpus, which npm test runs once. Exit code 1: there was one.

  --seconds <n>   how long (60)
  --seed <n>      which changes (1); how far they come within the time is up to the machine
  --grow          keeps what is interesting in the corpus, too
  --help`;

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(help);
  else {
    const figures = await fuzz(options);
    console.log(report(options, figures).join('\n'));
    process.exitCode = figures.findings.length > 0 ? 1 : 0;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function readOptions(args: readonly string[]): FuzzOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      grow: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    seconds: wholeNumber('seconds', values.seconds, 1),
    seed: wholeNumber('seed', values.seed, 0),
    grow: values.grow,
  };
}

function report({ seed }: FuzzOptions, figures: FuzzFigures): string[] {
  const { executions, seconds, corpus, interesting, parts, sorts, findings } = figures;
  const count = (value: number): string => Math.round(value).toLocaleString('en');
  return [
    `seed ${seed}: ${count(executions)} executions in ${count(seconds)} s, ${count(executions / seconds)} a second`,
    `corpus of ${corpus}, ${interesting} more of interest; ${sorts} sorts of result, ${count(parts)} parts of core`,
    `findings: ${findings.length}`,
    ...findings.map(({ file, promise }) => `  proof/hostile/corpus/${file}: ${promise}`),
  ];
}
