// Takes a safeguard out of the library: the simulation must find out what it was for.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { anyFormat } from '../support/source-text.ts';
import { type Cut, type Safeguard, type SafeguardName, safeguards } from './safeguards.ts';

const packages = new URL('../../packages/', import.meta.url);

/**
 * From now on the sources are loaded without it. Throws if a text that it is made of is not in
 * them, or more than once.
 */
export function takeOut(name: SafeguardName): void {
  const { cuts }: Safeguard = safeguards[name];
  const sources = new Map(cuts.map((cut) => [new URL(cut.file, packages).href, without(cut)]));
  registerHooks({
    load(loaded, context, next) {
      const source = sources.get(loaded);
      const answer = next(loaded, context);
      return source === undefined ? answer : { ...answer, source };
    },
  });
}

/** The source of a cut without it. */
export function without({ file, from, to }: Cut): string {
  const source = readFileSync(fileURLToPath(new URL(file, packages)), 'utf8');
  const parts = source.split(anyFormat(from));
  if (parts.length !== 2)
    throw new Error(
      `"${from}" is ${parts.length - 1} times in ${file}, so it cannot be taken out.`,
    );
  return parts.join(to);
}
