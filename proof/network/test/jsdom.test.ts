import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveEmulator } from '@act-on-token/emulator';
import { expect, it, onTestFinished } from 'vitest';
import { runtime as projectNode, root } from '../../../tooling/bootstrap/paths.mjs';

const here = join(root, 'proof', 'network');

it("a user's project with vitest 3 and jsdom gets its tokens, one grant for each session", async () => {
  const emulator = await serveEmulator({ apiLimits: null });
  onTestFinished(() => emulator.close());
  const { url, client, user } = emulator;
  const env = {
    ...{ PATH: process.env.PATH, NO_COLOR: '1', CI: 'true', ACT_ON_URL: url },
    ...{ ACT_ON_CLIENT_ID: client.id, ACT_ON_CLIENT_SECRET: client.secret },
    ...{ ACT_ON_USERNAME: user.username, ACT_ON_PASSWORD: user.password },
  };
  const program = join(here, 'node_modules', 'vitest-3', 'vitest.mjs');
  const run = promisify(execFile)(projectNode, [program, 'run', '--root', join(here, 'jsdom')], {
    env,
  });
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  expect(stdout).toMatch(/3 passed/);
  expect(emulator.ledger.counters().grants).toMatchObject({
    password: { sent: 2 },
    refresh_token: { sent: 2 },
  });
});
