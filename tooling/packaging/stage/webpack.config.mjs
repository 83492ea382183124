import { readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';

writeFileSync('server.js', stripTypeScriptTypes(readFileSync('server.ts', 'utf8')));

export default {
  mode: 'production',
  target: 'node22',
  entry: './server.js',
  experiments: { outputModule: true },
  output: {
    path: resolve('../webpack'),
    filename: 'server.mjs',
    module: true,
    chunkFormat: 'module',
  },
};
