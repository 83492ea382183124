import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { anyFormat, occurrencesOf } from '../support/source-text.ts';
import type { Change } from './changes/change.ts';

/** How often the text that a change replaces occurs in its file. Only 1 is right. */
export function occurrences({ file, find }: Change): number {
  return occurrencesOf(find, readFileSync(join(root, file), 'utf8'));
}

/** The text of the file with the change in it. */
export function changedText({ name, find, replace }: Change, text: string): string {
  if (occurrencesOf(find, text) !== 1)
    throw new Error(`"${name}" cannot be made: its text does not occur exactly once.`);
  return text.replace(anyFormat(find), () => replace);
}
