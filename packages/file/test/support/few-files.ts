// Opens as many files as it may, and prints what a store does then, and after one and all of them
// were closed.
import { closeSync, openSync } from 'node:fs';
import { argv, execPath } from 'node:process';
import { fileStore } from '../../src/index.ts';
import { increment } from './increment.ts';

const store = fileStore({ directory: argv[2] ?? '' });
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: Error) => error.message,
  );

await increment(store, 'key');
const files: number[] = [];
for (let isFull = false; !isFull; )
  try {
    files.push(openSync(execPath, 'r'));
  } catch {
    isFull = true;
  }
console.log(await outcome(store.read('key')));
console.log(await outcome(increment(store, 'key')));
// A program that waits learns of changes all the same.
const changed = new Promise<string>((resolve) => store.watch('key', () => resolve('changed')));
const waiting = setInterval(() => {}, 1_000);
for (const file of files) closeSync(file);
console.log(await outcome(increment(store, 'key')));
console.log(await changed);
clearInterval(waiting);
console.log((await store.read('key')).record?.value);
