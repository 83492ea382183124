import { createServer, type RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { bundleOf } from '../../../../proof/support/bundle.ts';
import { listen } from '../../../../proof/support/listen.ts';

/** One origin, whose pages run page-program.ts. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

export async function serveSite(): Promise<Site> {
  const program = await bundleOf(fileURLToPath(new URL('page-program.ts', import.meta.url)));
  const { port, close } = await listen(createServer(answer(program)));
  return { origin: `http://127.0.0.1:${port}`, close };
}

/**
 * `/elsewhere` is a page without the program; a response of `/forget` clears the data of the site,
 * as a user does in the settings.
 */
function answer(program: string): RequestListener {
  return ({ url }, response) => {
    if (url === '/forget') response.setHeader('clear-site-data', '"storage"');
    const script = url === '/' ? `<script type="module">${program}</script>` : '';
    response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><title>${url}</title>${script}`);
  };
}
