import { runFleet } from '@act-on-token/store-kit/fleet';
import { describe, expect, it, onTestFinished } from 'vitest';
import { placeKinds } from '../places.ts';

const hook = new URL('../../../tooling/from-source.ts', import.meta.url).href;

/** Few where everything is tested; `npm run fleets` takes more. */
describe.each(placeKinds)('a fleet over $name', ({ isThere, start }) => {
  it.skipIf(!isThere)('passes every trial', { timeout: 300_000 }, async () => {
    const place = await start();
    onTestFinished(() => place.stop());
    const results = await runFleet({ ...place, rounds: 2, execArgv: ['--import', hook] });
    console.log(results.map((each) => `${each.trial}: ${each.milliseconds} ms`).join('\n'));
    expect(results.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(results.length).toBe(place.restart === undefined ? 3 : 5);
  });
});
