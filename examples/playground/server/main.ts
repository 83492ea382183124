// Builds the page and serves it, until Ctrl-C.
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.ts';
import { servePage } from './serve-page.ts';

const folder = fileURLToPath(new URL('../dist', import.meta.url));
await buildPage(folder);
const { url } = await servePage(folder);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit());
console.log(`
  The playground  ${url}

  Ctrl-C ends it. examples/playground/dist holds static files that work in any folder of a site.
`);
