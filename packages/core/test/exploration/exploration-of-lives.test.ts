import { afterAll, describe, expect, it } from 'vitest';
import { explore, type Found } from './explore.ts';
import { runsInWords } from './report.ts';
import { type Case, isDeep, lives, people } from './runs.ts';
import { story } from './story.ts';

const patience = isDeep ? 3_600_000 : 120_000;

describe('every interleaving of the rules keeps every promise', () => {
  const done: { explored: Case; found: Found }[] = [];
  afterAll(() => console.log(runsInWords(done)));

  it.each([...people, ...lives])('with $title', { timeout: patience }, (explored) => {
    const found = explore(explored.run);
    done.push({ explored, found });
    expect(story(found)).toBe('no violation');
    expect(found.complete || isDeep).toBe(true);
  });
});
