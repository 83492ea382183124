// `npm run outage`: what outages of Act-On cost a fleet, and how soon it is usable after them.
import { parseArgs } from 'node:util';
import { writeFigures } from '../../tooling/figures.ts';
import { type Kind, kinds, type Outcome, playOutage } from './outage.ts';
import { type Length, lengths, table, worstOf } from './table.ts';

const runs = 7;
const { values } = parseArgs({
  options: { write: { type: 'boolean' }, help: { type: 'boolean' } },
});

if (values.help) {
  console.log(`npm run outage              what outages of Act-On cost a fleet, in simulated time; takes 15 seconds
npm run outage -- --write   puts the table into docs/measured/outages.md`);
  process.exit();
}

const found = new Map<string, Outcome>();
for (const kind of kinds) {
  for (const { name, duration } of lengths) {
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= runs; seed += 1)
      outcomes.push(await playOutage({ kind, duration, seed }));
    found.set(`${kind} ${name}`, worstOf(outcomes));
  }
}

const figures = table((kind: Kind, { name }: Length) => found.get(`${kind} ${name}`) as Outcome);
console.log(figures);
if (values.write) writeFigures('outages', { outages: figures });
