// Adds one to the number under `key`, and prints what it is then, or why it is not.
import process, { argv } from 'node:process';
import { fileStore } from '../../src/index.ts';
import { increment } from './increment.ts';

/** As whom, and with which umask, in octal. */
const [, , directory = '', user = '', mask = ''] = argv;
if (mask !== '') process.umask(Number.parseInt(mask, 8));
if (user !== '') process.setuid?.(Number(user));

const store = fileStore({ directory });
// A watch that nobody ends must not keep the program alive.
store.watch('key', () => {});
const result = increment(store, 'key').then(() => store.read('key'));
console.log(
  await result.then(
    ({ record }) => record?.value,
    (error: Error) => error.message,
  ),
);
