import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap/paths.mjs';

const find = (pattern: string): string[] => globSync(pattern, { cwd: root }).sort();

/** Pages that tools write, and that their own tests compare. */
export const isMeasured = (page: string): boolean =>
  page.startsWith('docs/measured/') && !page.endsWith('README.md');

/** Everything that people wrote for people to read, from the top of the repository. */
export const pages: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md'],
  ...find('packages/*/README.md'),
  ...find('docs/**/*.md').filter((page) => !page.includes('/public/')),
].filter((page) => existsSync(join(root, page)) && !isMeasured(page));

/** Pages whose blocks are typed one after the other into one folder. */
export const isGuide = (page: string): boolean => page.startsWith('docs/guides/');
