import { createAdaptorServer } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

export interface PageServer {
  /** Where the page is: `http://localhost:<port>/playground/`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the folder into which the page was built on a free port of this machine, in a subfolder as
 * a site for documentation would.
 */
export async function servePage(folder: string): Promise<PageServer> {
  const app = new Hono();
  const base = '/playground';
  app.get('/', (context) => context.redirect(`${base}/`));
  app.use(
    `${base}/*`,
    serveStatic({ root: folder, rewriteRequestPath: (path) => path.slice(base.length) }),
  );
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://localhost:${port}${base}/`,
    close: () =>
      new Promise((resolve, reject) =>
        server.close((error) => (error ? reject(error) : resolve())),
      ),
  };
}
