import { afterAll, describe, expect, it } from 'vitest';
import { type Control, controls } from './controls.ts';
import { explore, type Found } from './explore.ts';
import { controlsInWords } from './report.ts';

describe('the exploration finds what goes wrong', () => {
  const done: { control: Control; found: Found }[] = [];
  afterAll(() => console.log(controlsInWords(done)));

  it.each(controls)('without $without: $breaks breaks', { timeout: 120_000 }, (control) => {
    const found = explore(control.run);
    done.push({ control, found });
    expect(found.violation?.invariant).toBe(control.breaks);
  });
});
