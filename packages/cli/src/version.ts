import { readFileSync } from 'node:fs';

/** The one in package.json, which lies above this file when it is source and when it is built. */
export function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
