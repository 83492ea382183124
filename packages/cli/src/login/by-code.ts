import {
  type AuthorizationRequest,
  authorizationUrl,
  readCallback,
  type Session,
} from '@act-on-token/core';
import { askHidden } from '../ask-hidden.ts';
import { CommandError, wrongUse } from '../command-error.ts';
import { exits } from '../exit-codes.ts';
import { explain } from '../explain.ts';
import { printable } from '../printable.ts';
import type { Environment, Settings } from '../settings.ts';
import { canAsk, isWatched, patiently, say } from '../terminal.ts';
import { openBrowser } from './browser.ts';
import { answers, type Callback, isLoopback, listen } from './loopback.ts';
import { pages } from './pages.ts';

export interface CodeOptions {
  readonly redirectUri: string;
  /** False: the person opens the address, here or elsewhere. */
  readonly browser: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * The authorization code grant with a browser and a loopback redirect (RFC 8252), or with the
 * redirect's address pasted by the person where the browser runs elsewhere. Rejects with `callback`
 * if the person refuses, with a CommandError if no redirect comes in time.
 */
export async function byCode(
  session: Session,
  settings: Settings,
  options: CodeOptions,
  env: Environment,
  signal: AbortSignal,
): Promise<void> {
  const { clientId, place, account } = settings;
  const request = await authorizationUrl({ clientId, redirectUri: options.redirectUri, ...place });
  checkPerson(options);
  const loopback = isLoopback(options.redirectUri) ? await listen(request) : null;
  const waiting = new AbortController();
  signal.addEventListener('abort', () => waiting.abort(signal.reason), { once: true });
  try {
    // A person who said --no-browser waits for the address, whatever stderr is.
    process.stderr.write(
      `Open this address in a browser and sign in as ${printable(account)}:\n\n  ${request.url}\n\n`,
    );
    if (options.browser) openBrowser(request.url.href, env);
    if (loopback !== null) say(`Waiting for the browser to come back to ${options.redirectUri} …`);
    const ways = [
      loopback?.callback,
      canAsk() ? pasted(request, waiting.signal) : undefined,
      tooLate(options.timeout, waiting.signal),
    ];
    await conclude(session, await Promise.race(ways.filter((way) => way !== undefined)), signal);
  } finally {
    waiting.abort();
    loopback?.close();
  }
}

function checkPerson({ browser, redirectUri }: CodeOptions): void {
  if (browser && !isWatched())
    throw wrongUse(
      'No one can see the address to open: stderr is not a terminal. Sign in with --grant password, or print it with --no-browser.',
    );
  if (!isLoopback(redirectUri) && !canAsk())
    throw wrongUse(
      `This command cannot listen at ${redirectUri}, and there is no terminal to paste it on. Use http://127.0.0.1:….`,
    );
}

async function conclude(
  session: Session,
  { grant, conclude }: Callback,
  signal: AbortSignal,
): Promise<void> {
  try {
    await patiently(session.authorize(grant, { signal }));
  } catch (error) {
    await conclude(pages.failed);
    throw error;
  }
  await conclude(pages.signedIn);
}

/** The address that a browser elsewhere ended at. It carries the code, so it is not shown. */
async function pasted(request: AuthorizationRequest, signal: AbortSignal): Promise<Callback> {
  for (;;) {
    const address = (
      await askHidden('If it runs elsewhere, paste the address it ended at (not shown): ', signal)
    ).trim();
    try {
      return { grant: readCallback(address, request), conclude: async () => {} };
    } catch (error) {
      if (answers(address, request)) throw error;
      say(explain(error, Date.now()).message);
    }
  }
}

/** Rejects when the time is up, or the wait is over for another reason. */
function tooLate(seconds: number, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const late = new CommandError(
      exits.signIn,
      `No answer came back from Act-On within ${seconds} seconds. Start the sign-in again.`,
    );
    const timer = setTimeout(() => reject(late), seconds * 1_000);
    const stop = (): void => {
      clearTimeout(timer);
      reject(over.reason);
    };
    if (over.aborted) stop();
    else over.addEventListener('abort', stop, { once: true });
  });
}
