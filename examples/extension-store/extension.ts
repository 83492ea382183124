// An extension for tests: Chromium with an unpacked one whose service worker and pages run program.ts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page, type Worker } from 'playwright-core';
import { bundleOf } from '../../proof/support/bundle.ts';
import { component } from '../../tooling/component.ts';

export const isChromiumThere: boolean = component('chromium') !== undefined;

const manifest = {
  manifest_version: 3,
  name: 'act-on-token test',
  version: '1',
  permissions: ['storage'],
  host_permissions: ['http://127.0.0.1/*'],
  background: { service_worker: 'program.js', type: 'module' },
  content_scripts: [{ matches: ['http://127.0.0.1/*'], js: ['content.js'] }],
};

export interface TestExtension {
  readonly worker: Worker;
  openPage(): Promise<Page>;
  /** A page of a website, into which the extension has put program.ts as a content script. */
  openWebsite(url: string): Promise<Page>;
  close(): Promise<void>;
}

export async function startExtension(): Promise<TestExtension> {
  const [folder, profile] = ['extension', 'profile'].map((name) =>
    mkdtempSync(join(tmpdir(), `act-on-token-${name}-`)),
  ) as [string, string];
  const program = await bundleOf(fileURLToPath(new URL('program.ts', import.meta.url)));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  put('manifest.json', JSON.stringify(manifest));
  put('program.js', program);
  // The website learns what the store says there; a content script is not a module.
  put(
    'content.js',
    `(() => {\n${program.replace(/^export\b.*$/gm, '')}\ndocument.title = program.refusal();\n})();`,
  );
  put(
    'page.html',
    '<!doctype html><title>page</title><script type="module" src="program.js"></script>',
  );
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: component('chromium') ?? '',
    ignoreDefaultArgs: ['--disable-extensions'],
    args: ['--no-sandbox', `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  });
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const urlOf = (name: string): string => new URL(name, worker.url()).href;
  const open = async (url: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  return {
    worker,
    openPage: () => open(urlOf('page.html')),
    openWebsite: open,
    async close() {
      await context.close();
      for (const each of [folder, profile])
        rmSync(each, { recursive: true, force: true, maxRetries: 30, retryDelay: 100 });
    },
  };
}
