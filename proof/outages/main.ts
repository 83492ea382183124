// `npm run outage`: what outages of Act-On cost a fleet, and how soon it is usable after them. `--write` puts the table into
// docs/measured/outages.md. Simulated time: it takes a minute.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Kind, kinds, type Outcome, playOutage } from './outage.ts';
import { type Length, lengths, table, withFigures, worstOf } from './table.ts';

const runs = 7;
const { values } = parseArgs({ options: { write: { type: 'boolean' } } });

const found = new Map<string, Outcome>();
for (const kind of kinds) {
  for (const { name, duration } of lengths) {
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= runs; seed += 1) outcomes.push(await playOutage({ kind, duration, seed }));
    found.set(`${kind} ${name}`, worstOf(outcomes));
  }
}

const figures = table((kind: Kind, { name }: Length) => found.get(`${kind} ${name}`) as Outcome);
console.log(figures);
if (values.write) {
  const page = new URL('../../docs/measured/outages.md', import.meta.url);
  writeFileSync(page, withFigures(readFileSync(page, 'utf8'), figures));
}
