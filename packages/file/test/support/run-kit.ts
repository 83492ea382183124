// Runs the store kit under whatever runs this file, and prints one line: the rules that were kept, and those that were broken.
import { argv } from 'node:process';
import { storeCases } from '@act-on-token/store-kit';
import { fileStore } from '../../src/index.ts';

const [, , directory = ''] = argv;
const broken: string[] = [];
for (const { name, run } of storeCases)
  await run(() => fileStore({ directory })).catch((error: unknown) => broken.push(`${name}: ${error}`));
// A watch that nobody ends must not keep the program alive.
fileStore({ directory }).watch('key', () => {});
console.log(JSON.stringify({ cases: storeCases.length, broken }));
