// The process that `inProcess()` starts: does one task, hands over the result and ends, whatever
// timers clients left behind.
import process from 'node:process';

const [, , task = '', input = 'null'] = process.argv;
const { measure } = await import(`../tasks/${task}.ts`);
const value: unknown = await measure(JSON.parse(input));
process.send?.({ value: value ?? null }, () => process.exit(0));
