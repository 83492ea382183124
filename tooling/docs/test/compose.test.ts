import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runtime } from '../../bootstrap/paths.mjs';
import { readBlocks } from '../blocks/read-blocks.ts';

type Environment = Record<string, string>;

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly init?: boolean;
  readonly command?: string;
  readonly network_mode?: string;
  readonly environment: Environment;
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const home = fileURLToPath(new URL('..', import.meta.url));
const file = readBlocks('docs/guides/testing.md').find((block) => block.file === 'compose.yaml');
const { services } = parse(file?.code ?? '') as { services: Record<string, Service> };
const { 'act-on': actOn, app } = services as Record<'act-on' | 'app', Service>;

/** The workspace's `npx` and `node`, which are kept without the right to run. */
const shims = mkdtempSync(join(tmpdir(), 'act-on-compose-'));
cpSync(join(home, 'shims'), shims, { recursive: true });
for (const name of readdirSync(shims)) chmodSync(join(shims, name), 0o755);
afterAll(() => rmSync(shims, { recursive: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const { pid, exitCode, signalCode } of children.splice(0))
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(pid, 'SIGKILL');
});

/** Runs a line as a container does: in a shell, with the variables of its service. */
function shell(line: string, env: Environment): ChildProcess {
  const path = `${shims}:${process.env.PATH}`;
  const docs = { DOCS_HOME: home, DOCS_NODE: runtime, DOCS_ANYWHERE: '1' };
  const child = spawn('/bin/sh', ['-c', `exec ${line}`], {
    env: { PATH: path, ...docs, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  return child;
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return String(typeof address === 'object' && address?.port);
}

describe('the recipe for Docker Compose', () => {
  it('has two services in one network, and publishes to this machine alone', () => {
    expect(Object.keys(services)).toEqual(['act-on', 'app']);
    expect(actOn).toMatchObject({ image: 'node:22-alpine', init: true });
    expect(app.network_mode).toBe('service:act-on');
    // A service in the network of another cannot publish ports.
    expect(app.ports).toBeUndefined();
    expect(app.depends_on).toEqual({ 'act-on': { condition: 'service_healthy' } });
    for (const port of actOn.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
  });

  it('starts an emulator that is healthy, that the app signs in to, and that ends when it is stopped', async () => {
    const port = await freePort();
    const here = (text = ''): string => text.replaceAll('8400', port);
    const isHealthy = async (): Promise<boolean> =>
      (await once(shell(here(actOn.healthcheck?.test), {}), 'exit'))[0] === 0;
    expect(await isHealthy()).toBe(false);
    const child = shell(here(actOn.command), actOn.environment);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [first] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
    expect(first).toBe(`ACT_ON_BASE_URL='${here(app.environment.ACT_ON_BASE_URL)}'`);
    expect(await isHealthy()).toBe(true);
    const variables = app.environment as Record<`ACT_ON_${string}`, string>;
    const session = createSession({
      endpoint: actOnEndpoint({
        baseUrl: here(variables.ACT_ON_BASE_URL),
        clientId: variables.ACT_ON_CLIENT_ID ?? '',
        clientSecret: variables.ACT_ON_CLIENT_SECRET ?? '',
      }),
      account: variables.ACT_ON_USERNAME ?? '',
      store: memoryStore(),
      credentials: () => ({
        username: variables.ACT_ON_USERNAME ?? '',
        password: variables.ACT_ON_PASSWORD ?? '',
      }),
    });
    expect((await session.fetch('/api/1/account')).status).toBe(200);
    await session.close();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
