import type { Plugin } from 'rollup';

const directive = "'use client';";

/**
 * Keeps `'use client'` at the top of a built file whose source begins with it, so that a server
 * component may import the package. Bundlers drop it from modules, because it would no longer stand
 * at the top; here it returns at the top of what is built from them.
 */
export function clientDirective(): Plugin {
  const clients = new Set<string>();
  return {
    name: 'client-directive',
    transform(code, id) {
      if (!code.startsWith(directive)) return null;
      clients.add(id);
      // Blanks in its place: no other character moves, so the source map stays true.
      return { code: code.replace(directive, ' '.repeat(directive.length)), map: null };
    },
    banner: ({ facadeModuleId }) =>
      facadeModuleId !== null && clients.has(facadeModuleId) ? directive : '',
  };
}
