import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { component } from '../../tooling/component.ts';
import { freePort } from './listen.ts';

/** Debian's packages of what it takes; xvfb is the screen, which WebKit does not do without. */
const needed = ['WebKitWebDriver', 'Xvfb'] as const;

export const isWebKitThere: boolean = needed
  .map((name) => component(name))
  .every((file) => file !== undefined);

/** A tab. It has what tests use of a page of Playwright, under the same names. */
export interface WebKitPage {
  url(): string;
  goto(url: string): Promise<null>;
  goBack(): Promise<void>;
  reload(): Promise<void>;
  /** Clicks the first element that this XPath finds, as soon as there is one. */
  click(xpath: string): Promise<void>;
  /** Types into the first element that this XPath finds. */
  fill(xpath: string, text: string): Promise<void>;
  evaluate<Result, Argument = undefined>(
    script: string | ((argument: Argument) => Result | Promise<Result>),
    argument?: Argument,
  ): Promise<Result>;
  close(): Promise<void>;
}

/** A WebKit with an empty profile of its own. */
export interface WebKit {
  readonly version: string;
  openPage(url?: string): Promise<WebKitPage>;
  close(): Promise<void>;
}

type Command = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;

/** It minds no certificate that signed itself. */
export async function startWebKit(): Promise<WebKit> {
  const screen = await startScreen();
  const port = await freePort(20_000, 30_000);
  const env = { ...process.env, DISPLAY: screen.display, GSETTINGS_BACKEND: 'memory' };
  const driver = spawn(component('WebKitWebDriver') ?? '', [`--port=${port}`], {
    // With a group of its own, to end the browser with it.
    detached: true,
    stdio: 'ignore',
    env: { ...env, NO_AT_BRIDGE: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  const kill = () => {
    killGroup(driver);
    screen.kill();
  };
  process.once('exit', kill);
  const close = async () => {
    process.off('exit', kill);
    kill();
    if (driver.exitCode === null && driver.signalCode === null) await once(driver, 'exit');
  };
  try {
    const address = `http://127.0.0.1:${port}`;
    await answers(`${address}/status`, driver);
    const { sessionId, capabilities } = (await send(`${address}/session`, 'POST', {
      capabilities: { alwaysMatch: { acceptInsecureCerts: true } },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    const command: Command = (method, path, body) =>
      send(`${address}/session/${sessionId}${path}`, method, body);
    return { ...openTabs(command), version: capabilities.browserVersion, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startScreen(): Promise<{ display: string; kill(): void }> {
  const args = ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const program = spawn(component('Xvfb') ?? '', args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await Promise.race([
    once(program.stdio[3] as NodeJS.ReadableStream, 'data'),
    once(program, 'exit').then(() => {
      throw new Error('Xvfb did not start.');
    }),
  ])) as [Buffer];
  return { display: `:${String(number).trim()}`, kill: () => program.kill('SIGKILL') };
}

/** The tabs of one driver. It has one current tab, so its commands go one after another. */
function openTabs(command: Command): Pick<WebKit, 'openPage'> {
  let current: string | null = null;
  let isFresh = true;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  const inTab = (handle: string, ...[method, path, body]: Parameters<Command>) =>
    inTurn(async () => {
      if (current !== handle) await command('POST', '/window', { handle });
      current = handle;
      return command(method, path, body);
    });

  async function openPage(url = 'about:blank'): Promise<WebKitPage> {
    const handle = await inTurn(async () => {
      const opened = isFresh
        ? await command('GET', '/window')
        : ((await command('POST', '/window/new', { type: 'tab' })) as { handle: string }).handle;
      isFresh = false;
      return opened as string;
    });
    const page = pageOf((...args) => inTab(handle, ...args));
    if (url !== 'about:blank') await page.goto(url);
    return page;
  }
  return { openPage };
}

function pageOf(command: Command): WebKitPage {
  let address = 'about:blank';
  let calls = 0;
  const run = (script: string, ...args: unknown[]) =>
    command('POST', '/execute/sync', { script, args }) as Promise<string>;
  const find = async (xpath: string): Promise<string> => {
    for (;;) {
      const found = (await command('POST', '/elements', {
        using: 'xpath',
        value: xpath,
      })) as object[];
      const [id] = Object.values(found[0] ?? {}) as string[];
      if (id !== undefined) return id;
    }
  };
  return {
    url: () => address,
    async goto(url) {
      await command('POST', '/url', { url });
      address = url;
      return null;
    },
    goBack: async () => void (await command('POST', '/back', {})),
    reload: async () => void (await command('POST', '/refresh', {})),
    click: async (xpath) => void (await command('POST', `/element/${await find(xpath)}/click`, {})),
    fill: async (xpath, text) =>
      void (await command('POST', `/element/${await find(xpath)}/value`, { text })),
    /**
     * Only starts the script and then looks for what came of it: the driver would serve no other
     * tab while it waits for one.
     */
    async evaluate(script, argument) {
      calls += 1;
      const id = calls;
      const source = typeof script === 'string' ? `() => (${script})` : String(script);
      let state = await run(
        `const calls = (globalThis.webKitCalls ??= {}), id = arguments[0];
        calls[id] = 'under way';
        const settle = (answer) => { calls[id] = JSON.stringify(answer); };
        try {
          const value = (${source})(JSON.parse(arguments[1]).argument);
          if (typeof value?.then !== 'function') return JSON.stringify({ value });
          value.then((value) => settle({ value }), (error) => settle({ error: String(error?.message ?? error) }));
        } catch (error) { return JSON.stringify({ error: String(error?.message ?? error) }); }
        return calls[id];`,
        id,
        JSON.stringify({ argument }),
      );
      while (state === 'under way')
        state = await run(
          `const calls = globalThis.webKitCalls, id = arguments[0], state = calls?.[id] ?? 'gone';
          if (state !== 'under way') delete calls?.[id];
          return state;`,
          id,
        );
      if (state === 'gone') throw new Error('The page left before the script had ended.');
      const { value, error } = JSON.parse(state);
      if (error !== undefined) throw new Error(error);
      return value;
    },
    close: async () => void (await command('DELETE', '/window')),
  };
}

async function send(url: string, method: string, body?: object): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = (await answer.json()) as { value: { error?: string; message?: string } };
  if (!answer.ok) throw new Error(`WebKit: ${value.error}: ${value.message}`);
  return value;
}

/** Waits until the driver listens. */
async function answers(url: string, driver: ChildProcess): Promise<void> {
  for (;;) {
    if (driver.exitCode !== null) throw new Error('WebKitWebDriver did not start.');
    const isThere = await fetch(url).then(
      (answer) => answer.body?.cancel().then(() => true) ?? true,
      () => new Promise<boolean>((resolve) => setImmediate(resolve, false)),
    );
    if (isThere) return;
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
