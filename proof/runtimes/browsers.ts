import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { runQuietly } from '../../tooling/bootstrap/processes.mjs';
import { component } from '../../tooling/component.ts';
import { asMarkdown, type Table, today } from '../../tooling/figures.ts';
import { startWebKit } from '../support/webkit.ts';
import type { Report } from './judge.ts';

/** What the page is made of. */
const file = join(root, 'proof', 'runtimes', 'browsers.json');

const folders = [
  'packages/indexeddb/test/',
  'packages/react/test/browser/',
  'packages/broker/test/servers/',
];

export const browsers = ['Chromium', 'Firefox', 'WebKit'] as const;
type Browser = (typeof browsers)[number];

/** What is tried, in the order of the page; a test belongs to the first whose words its name has. */
const parts: readonly (readonly [part: string, words: RegExp])[] = [
  [
    'the store kit on `indexedDbStore`',
    /^(?!.*sealedStore).*indexedDbStore in .* passes the store kit/,
  ],
  ['the store kit on `sealedStore` over it', /sealedStore over indexedDbStore in .* passes/],
  ['five tabs of one account', /five tabs of one account/],
  ['React 18', /with React 18/],
  ['React 19', /with React 19/],
  [
    'the store: clocks, cleared data, frames, room',
    /two pages whose wall clocks|the database|frame that|room/,
  ],
  ['the broker', /./],
];

interface Outcome {
  readonly browser: Browser;
  readonly version: string;
  readonly day: string;
  readonly cases: Readonly<Record<string, { readonly all: number; readonly passed: number }>>;
  readonly failures: readonly string[];
}

/** Runs all that is tried in this browser. */
export async function runInBrowser(browser: Browser): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-browsers-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const files = folders.map((each) => `${each}${browser.toLowerCase()}.test.ts`);
  const options = ['run', '--config', 'vitest.workspace.ts', '--reporter=json', '--outputFile'];
  try {
    const trouble = await runQuietly(process.execPath, [vitest, ...options, report, ...files], {
      cwd: root,
    }).then(
      () => [],
      (error: Error) => [error.message],
    );
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const cases: Record<string, { all: number; passed: number }> = {};
    for (const { fullName, status } of tests) {
      const [part = ''] = parts.find(([, words]) => words.test(fullName)) ?? [];
      const count = cases[part] ?? { all: 0, passed: 0 };
      cases[part] = count;
      count.all += 1;
      if (status === 'passed') count.passed += 1;
    }
    const failed = tests.filter(({ status }) => status !== 'passed');
    const failures = failed.map(({ fullName }) => fullName);
    const version = await versionOf(browser);
    const told = failures.length === 0 ? trouble : failures;
    return { browser, version, day: today(), cases, failures: told };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function versionOf(browser: Browser): Promise<string> {
  if (browser === 'WebKit') {
    const webKit = await startWebKit();
    await webKit.close();
    return webKit.version;
  }
  const program = component(browser === 'Chromium' ? 'chromium' : 'firefox-esr') ?? '';
  const printed = await runQuietly(program, ['--version']);
  return /\d+\.[\d.]+\w*/.exec(printed)?.[0] ?? printed.trim();
}

/** The last run takes the place of the one before. */
export function rememberBrowser(outcome: Outcome): void {
  const others = readBrowsers().filter(({ browser }) => browser !== outcome.browser);
  writeFileSync(file, `${JSON.stringify([...others, outcome], null, 2)}\n`);
}

function readBrowsers(): Outcome[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/** Versions, and the table: parts down, browsers across. */
export function browserFigures(): string {
  const found = browsers.flatMap(
    (name) => readBrowsers().find((each) => each.browser === name) ?? [],
  );
  const versions = found.map(({ browser, version }) => `${browser} ${version}`).join(', ');
  const rows = parts.map(([part]) => [
    part,
    ...found.map(({ cases: { [part]: count } }) =>
      count ? `${count.passed} of ${count.all}` : '',
    ),
  ]);
  const table: Table = [['cases that passed', ...found.map(({ browser }) => browser)], ...rows];
  return `Versions: ${versions}; ${found
    .map(({ day }) => day)
    .sort()
    .at(-1)}.\n\n${asMarkdown(table)}`;
}
