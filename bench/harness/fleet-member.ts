// One process of a fleet: prepares, says so, waits for the word, works, tells.
import { once } from 'node:events';

const [, , task = '', input = 'null'] = process.argv;
const { prepare } = await import(`../tasks/${task}.ts`);
const go: () => Promise<unknown> = await prepare(JSON.parse(input));
const word = once(process, 'message');
process.send?.('ready');
await word;
process.send?.(await go());
process.on('disconnect', () => process.exit());
