import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url));
const installed = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const repository = 'https://github.com/act-on-token/act-on-token';

/** `[Title, page]`, or a page whose first heading is its title. */
const group = (text: string, items: readonly (readonly [string, string])[]) => ({
  text,
  items: items.map(([title, link]) => ({ text: title, link })),
});

const measured = readdirSync(`${docs}measured`)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map(
    (name) =>
      [
        name.replace('.md', '').replaceAll('-', ' '),
        `/measured/${name.replace('.md', '')}`,
      ] as const,
  );

export default defineConfig({
  title: 'act-on-token',
  description: 'Holds an Act-On API session: a valid access token whenever you ask for one.',
  // The pages are read on GitHub as well, where they lie.
  srcDir: '../../../docs',
  outDir: './dist',
  cacheDir: '../node_modules/.vitepress',
  rewrites: {
    'measured/README.md': 'measured/index.md',
    'decisions/README.md': 'decisions/index.md',
  },
  cleanUrls: true,
  lastUpdated: false,
  // `npm run check` looks at all of them, anchors too, and knows what is outside of the site.
  ignoreDeadLinks: true,
  // The pages lie outside of this package, and are made into modules that import vue.
  vite: {
    server: { fs: { allow: [docs] } },
    resolve: { alias: [{ find: /^vue(\/.*)?$/, replacement: `${installed}vue$1` }] },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: 'deep',
    socialLinks: [{ icon: 'github', link: repository }],
    nav: [
      { text: 'Guides', link: '/guides/node' },
      { text: 'Reference', link: '/reference/options' },
      { text: 'Playground', link: '/playground/', target: '_self' },
      { text: 'API', link: '/api/index.html', target: '_self' },
    ],
    sidebar: [
      group('Guides', [
        ['Install from a clone', '/install'],
        ['Node', '/guides/node'],
        ['Deno', '/guides/deno'],
        ['Bun', '/guides/bun'],
        ['React and Vite', '/guides/react-vite'],
        ['Next.js', '/guides/next'],
        ['Other frameworks', '/guides/frameworks'],
        ['Express and Redis', '/guides/express-redis'],
        ['Shell and cron', '/guides/shell'],
        ['Your own tests', '/guides/testing'],
        ['Migration', '/guides/migration'],
        ['Other servers', '/guides/other-servers'],
      ]),
      group('Concepts', [
        ['One machine per account', '/concepts/one-machine'],
        ['What happens when…', '/concepts/what-happens-when'],
        ['How long a call waits', '/concepts/waiting'],
        ['Security', '/security'],
        ['What is promised', '/reliability'],
      ]),
      group('Reference', [
        ['Options', '/reference/options'],
        ['Errors', '/reference/errors'],
        ['Operations of the API', '/reference/api-operations'],
        ['Events and the snapshot', '/reference/events'],
        ['ES modules only', '/reference/es-modules'],
        ['Write your own store', '/write-your-own-store'],
        ['Recipes for stores', '/store-recipes'],
      ]),
      group('Measured', [['What was measured', '/measured/'], ...measured]),
      group('Inside', [
        ['How it is built', '/architecture'],
        ['Why it is built so', '/decisions/'],
      ]),
    ],
  },
});
