import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../../packages/', import.meta.url));

/**
 * What a user has who tests pages: vitest 3, jsdom, and the page on Act-On's own origin, so that
 * XMLHttpRequest may go there.
 */
export default {
  resolve: {
    alias: [{ find: /^@act-on-token\/([^/]+)$/, replacement: `${packages}$1/src/index.ts` }],
  },
  test: {
    globals: true,
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: process.env.ACT_ON_URL } },
    include: ['*.test.mjs'],
    testTimeout: 20_000,
  },
};
