import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../tooling/bootstrap/paths.mjs';
import { runtimes } from '../../runtimes/runtimes.ts';
import { findWorkerd, serveWorker, type Workerd } from '../../runtimes/workerd/serve.ts';
import type { Situation } from '../client.ts';
import {
  browserNames,
  bundle,
  type Client,
  clientInPage,
  clientInWorkerd,
  clientUnder,
  launch,
} from '../clients.ts';
import { measure, type Row, resendTable } from '../matrix.ts';

const folder = mkdtempSync(join(tmpdir(), 'act-on-token-resends-'));
const rows: Row[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  console.log(resendTable(rows));
});

/** Its package has binaries for the usual systems only. */
const workerd = findWorkerd();

const once = { withRemedy: 1, without: 1 };
/** Resends by itself, and is kept from it. */
const remedied = { withRemedy: 1, without: 2 };
/** Resends by itself, and no option of `fetch` keeps it from that. */
const resends = { withRemedy: 2, without: 2 };

type Expected = Readonly<
  Record<Situation, { readonly withRemedy: number; readonly without: number }>
>;
const always = (each: Expected[Situation]): Expected => ({
  'a refresh after an API call': each,
  'a refresh after a refresh': each,
  'a message after an API call': each,
});

/** How often the server reads a POST that it drops once. */
const expected: Readonly<Record<string, Expected>> = {
  ...Object.fromEntries(runtimes.map(({ name }) => [name, always(once)])),
  Deno: always(remedied),
  workerd: always(once),
  // Pages have one pool of connections for requests with cookies and one for those without. API
  // calls to another origin need the second, as they are announced there; so a refresh has a
  // connection of its own only where the page is of Act-On's origin.
  page: always(resends),
  'page of the same origin': { ...always(resends), 'a refresh after an API call': remedied },
};

describe('a POST whose connection breaks after it was read', { timeout: 120_000 }, () => {
  it.each(runtimes)('comes in as often as promised from $name', async (runtime) => {
    const program = join(folder, 'client.mjs');
    writeFileSync(program, await bundle('client.ts'));
    await check(clientUnder(runtime, program, folder), expected[runtime.name]);
  });

  it.skipIf(workerd === null)('comes in as often as promised from workerd', async () => {
    const worker = await serveWorker(
      workerd as Workerd,
      join(root, 'proof', 'resends', 'worker.ts'),
    );
    onTestFinished(() => worker.close());
    await check(clientInWorkerd(worker), expected.workerd);
  });

  it.each(browserNames())('comes in as often as promised from %s', async (name) => {
    const browser = await launch(name);
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await check(clientInPage(name, page, 'another'), expected.page);
    await check(
      clientInPage(`${name}, same origin`, page, 'the same'),
      expected['page of the same origin'],
    );
  });

  async function check(client: Client, wanted: Expected | undefined): Promise<void> {
    const measured = await measure(client, await bundle('client.ts'));
    rows.push(...measured);
    const counts = measured.map(({ situation, withRemedy, without }) => [
      situation,
      { withRemedy, without },
    ]);
    expect(Object.fromEntries(counts)).toEqual(wanted);
  }
});
