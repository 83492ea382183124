import { fileURLToPath } from 'node:url';

/** Where each React lies that the tests are run with, as a bundler's aliases. */
export const reacts: Readonly<
  Record<'18' | '19', Readonly<Record<'react' | 'react-dom', string>>>
> = {
  18: aliases(new URL('../../../../../tooling/react-18/node_modules/', import.meta.url)),
  19: aliases(new URL('../../../node_modules/', import.meta.url)),
};

function aliases(modules: URL): Record<'react' | 'react-dom', string> {
  return {
    react: fileURLToPath(new URL('react', modules)),
    'react-dom': fileURLToPath(new URL('react-dom', modules)),
  };
}
