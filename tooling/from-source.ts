// `node --import tooling/from-source.ts program.ts`: a program of its own process that gets the
// sources of our packages, as tests do through vitest, and so needs no build.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const [, name, entry = 'index'] =
      /^@act-on-token\/([^/]+)(?:\/([^/]+))?$/.exec(specifier) ?? [];
    return next(
      name === undefined
        ? specifier
        : new URL(`../packages/${name}/src/${entry}.ts`, import.meta.url).href,
      context,
    );
  },
});
