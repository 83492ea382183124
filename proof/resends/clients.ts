import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Browser,
  type BrowserType,
  chromium,
  firefox,
  type LaunchOptions,
  type Page,
} from 'playwright-core';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { component } from '../../tooling/component.ts';
import type { Runtime } from '../runtimes/runtimes.ts';
import type { ServedWorker } from '../runtimes/workerd/serve.ts';
import { bundleOf } from '../support/bundle.ts';
import type { Attempt } from './client.ts';

/** One of the things to be done, against the server on this port. */
export type Errand = Omit<Attempt, 'baseUrl'> & { readonly port: number };

/** Something that sends requests. */
export interface Client {
  readonly name: string;
  /** Carries these out, one after the other; what the library told of each. */
  attempt(errands: readonly Errand[]): Promise<string[]>;
}

const attemptOf = ({ port, ...rest }: Errand): Attempt => ({
  ...rest,
  baseUrl: `http://127.0.0.1:${port}`,
});

/** One of the programs of this folder as one script. */
export function bundle(program: 'client.ts' | 'broker-client.ts'): Promise<string> {
  return bundleOf(join(root, 'proof', 'resends', program));
}

/** `program` is the bundled script in a file, `home` where a runtime may keep things. */
export function clientUnder(
  { name, file, program: before }: Runtime,
  program: string,
  home: string,
): Client {
  const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  return {
    name,
    async attempt(errands) {
      const { stdout } = await promisify(execFile)(
        file,
        [...before, program, JSON.stringify(errands.map(attemptOf))],
        { env },
      );
      return JSON.parse(stdout);
    },
  };
}

export function clientInWorkerd(worker: ServedWorker): Client {
  return {
    name: 'workerd',
    attempt: async (errands) => (await worker.ask('/', errands.map(attemptOf))) as string[],
  };
}

interface BrowserKind {
  readonly program: string;
  readonly type: BrowserType;
  readonly options: LaunchOptions;
}

export type BrowserName = 'Chromium' | 'Firefox';

const quiet = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];
const kinds: Readonly<Record<BrowserName, BrowserKind>> = {
  Chromium: { program: 'chromium', type: chromium, options: { args: quiet } },
  Firefox: { program: 'firefox-esr', type: firefox, options: { channel: 'moz-firefox' } },
};

/** Those that this machine has. */
export function browserNames(): BrowserName[] {
  return (['Chromium', 'Firefox'] as const).filter(
    (name) => component(kinds[name].program) !== undefined,
  );
}

export async function launch(name: BrowserName): Promise<Browser> {
  const { program, type, options } = kinds[name];
  return type.launch({ ...options, executablePath: component(program) ?? '', timeout: 60_000 });
}

/** A page that talks to Act-On: of another origin, or of the same, as behind a gateway. */
export function clientInPage(name: string, page: Page, origin: 'another' | 'the same'): Client {
  const open = async (port: number): Promise<void> => {
    await page.goto(`http://${origin === 'another' ? 'localhost' : '127.0.0.1'}:${port}/page`);
    await page.waitForFunction(() => 'attempt' in globalThis);
  };
  return {
    name,
    async attempt(errands) {
      const told: string[] = [];
      for (const errand of errands) {
        // Any page is of another origin, so one will do.
        if (origin === 'the same' || told.length === 0) await open(errand.port);
        told.push(await page.evaluate((given) => attempt(given), attemptOf(errand)));
      }
      return told;
    },
  };
}
