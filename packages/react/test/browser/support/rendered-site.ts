import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { ServedEmulator } from '@act-on-token/emulator';
import { listen } from '../../../../../proof/support/listen.ts';
import { actOnFor } from './act-on.ts';
import { bundleBrowser, loadServer, type ServerProgram } from './bundles.ts';

/** A site whose pages React renders on the server and takes over in the browser. */
export interface RenderedSite {
  readonly origin: string;
  readonly emulator: ServedEmulator;
  /** Which React the server runs. */
  readonly version: string;
  /** What rendering on the server had to complain about. */
  readonly errors: unknown[];
  /** What its pages warned of, and the errors that no script caught. */
  readonly complaints: string[];
  /** The `Referer` of each request that a script of a page sent. */
  readonly referers: string[];
  close(): Promise<void>;
}

export async function serveRendered(react: '18' | '19'): Promise<RenderedSite> {
  const [program, script] = await Promise.all([loadServer(react), bundleBrowser(react)]);
  const errors: unknown[] = [];
  const referers: string[] = [];
  const complaints: string[] = [];
  let head = '';
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/complaint?')) {
      complaints.push(decodeURIComponent(request.url.slice('/complaint?'.length)));
      response.writeHead(204).end();
    } else if (request.url === '/beacon') note(referers, request, response);
    else send(program, request, response, { head, script, errors });
  });
  const { port, close } = await listen(server);
  const origin = `http://127.0.0.1:${port}`;
  const actOn = await actOnFor(origin);
  head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>${actOn.script}${reporting}</script>`;
  return {
    origin,
    emulator: actOn.emulator,
    version: program.version,
    errors,
    referers,
    complaints,
    async close() {
      await actOn.emulator.close();
      await close();
    },
  };
}

const reporting = `{
  const report = (...said) => navigator.sendBeacon('/complaint?' + encodeURIComponent(said.join(' ')));
  for (const level of ['warn', 'error']) console[level] = report;
  addEventListener('error', ({ message }) => report(message));
  addEventListener('unhandledrejection', ({ reason }) => report(reason));
}`;

function note(referers: string[], request: IncomingMessage, response: ServerResponse): void {
  referers.push(request.headers.referer ?? '');
  response.writeHead(204).end();
}

interface Parts {
  readonly head: string;
  readonly script: string;
  readonly errors: unknown[];
}

/** The head, what React renders and streams, and the program last: it takes over what is there. */
function send(
  program: ServerProgram,
  { url }: IncomingMessage,
  response: ServerResponse,
  { head, script, errors }: Parts,
): void {
  const { pathname } = new URL(url ?? '/', 'http://localhost');
  const body = new PassThrough();
  response.setHeader('content-type', 'text/html').write(`${head}<div id="root">`);
  body.pipe(response, { end: false });
  body.on('end', () => response.end(`</div><script type="module">${script}</script>`));
  const stream = program.render(
    pathname,
    () => stream.pipe(body),
    (error) => void errors.push(error),
  );
}
