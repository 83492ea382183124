import type { BrowserContext, Response } from 'playwright-core';

/**
 * Everything that came to a browser: headers and bodies of all answers, cookies, and what its pages
 * keep and show.
 */
export interface Received {
  /** The paths of the answers whose body was read. */
  readonly paths: ReadonlySet<string>;
  /** All of it as one text. */
  text(): Promise<string>;
}

export function recordReceived(context: BrowserContext): Received {
  const paths = new Set<string>();
  const pieces: Promise<string>[] = [];
  context.on('response', (response) => void pieces.push(textOf(response, paths)));
  return {
    paths,
    async text() {
      const kept = await Promise.all(context.pages().map((page) => page.evaluate(whatThePageHas)));
      return [
        ...(await Promise.all(pieces)),
        JSON.stringify(await context.storageState({ indexedDB: true })),
        ...kept,
      ].join('\n');
    },
  };
}

async function textOf(response: Response, paths: Set<string>): Promise<string> {
  const headers = await response.headersArray();
  const head = [response.url(), ...headers.map(({ name, value }) => `${name}: ${value}`)].join(
    '\n',
  );
  // A redirect has no body, and that of a page which was left meanwhile is gone.
  const body = await response.text().catch(() => null);
  if (body === null) return head;
  paths.add(new URL(response.url()).pathname);
  return `${head}\n\n${body}`;
}

/** Runs in the page. */
function whatThePageHas(): string {
  const stored = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage));
  return [location.href, document.cookie, document.documentElement.outerHTML, ...stored].join('\n');
}
