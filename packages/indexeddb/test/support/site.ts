import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** One origin, whose pages run page-program.ts. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

export async function serveSite(): Promise<Site> {
  const server = createServer(answer(await bundle()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** `/elsewhere` is a page without the program; a response of `/forget` clears the data of the site, as a user does in the settings. */
function answer(program: string): RequestListener {
  return ({ url }, response) => {
    if (url === '/forget') response.setHeader('clear-site-data', '"storage"');
    const script = url === '/' ? `<script type="module">${program}</script>` : '';
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>${url}</title>${script}`);
  };
}

/** Our packages come from their sources, as in every test. */
const fromSource: Plugin = {
  name: 'from-source',
  setup({ onResolve }) {
    const packages = fileURLToPath(new URL('../../../', import.meta.url));
    onResolve({ filter: /^@act-on-token\/[^/]+$/ }, ({ path }) => ({ path: `${packages}${path.split('/')[1]}/src/index.ts` }));
  },
};

async function bundle(): Promise<string> {
  const entryPoints = [fileURLToPath(new URL('page-program.ts', import.meta.url))];
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [fromSource],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
