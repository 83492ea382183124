/** A right as Deno names it. */
export type Right =
  | { readonly name: 'read' | 'write'; readonly path: string }
  /** To see what file system it is; to see which user this is. */
  | { readonly name: 'sys'; readonly kind: 'statfs' | 'uid' };

/**
 * Whether this program may do so without a question to the person at the terminal: Deno would ask, in
 * the middle of the program.
 */
export function isAllowed(right: Right): boolean {
  const { Deno } = globalThis as {
    Deno?: { permissions: { querySync(right: Right): { state: string } } };
  };
  return Deno === undefined || Deno.permissions.querySync(right).state === 'granted';
}
