import { printed } from './printed.ts';
import type { Find } from './stage.ts';
import type { Vault } from './vault.ts';

/** `place: whose (shape), by way` for every secret that got out. */
export function leaks(finds: readonly Find[], vault: Vault): string[] {
  const all = finds.flatMap(({ place, value }) =>
    printed(value).flatMap(([way, text]) =>
      vault.found(text).map((what) => `${place}: ${what}, by ${way}`),
    ),
  );
  return [...new Set(all)];
}
