import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import resolve from '@rollup/plugin-node-resolve';

const typescript = {
  name: 'typescript',
  load: (id) => (id.endsWith('.ts') ? stripTypeScriptTypes(readFileSync(id, 'utf8')) : null),
};

export default {
  input: 'server.ts',
  output: { file: '../rollup/server.mjs', format: 'es', inlineDynamicImports: true },
  plugins: [
    typescript,
    resolve({ preferBuiltins: true, exportConditions: ['node'] }),
    commonjs(),
    json(),
  ],
};
