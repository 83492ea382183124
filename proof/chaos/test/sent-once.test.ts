import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runtimesOf } from '../stage/runtimes.ts';

const program = fileURLToPath(new URL('two-refreshes.ts', import.meta.url));
const runtimes = runtimesOf(3);

// Deno's fetch would send the second refresh twice: on a connection that was used before, and that
// breaks.
describe.each(runtimes)('under $name', { timeout: 60_000 }, ({ command }) => {
  let actOn: ServedEmulator;
  beforeEach(async () => {
    actOn = await serveEmulator();
  });
  afterEach(() => actOn.close());

  it('a refresh whose answer is lost is sent once', async () => {
    actOn.faults.arm({
      route: 'token',
      kind: 'drop_after',
      match: () => actOn.ledger.counters().grants.refresh_token.sent === 1,
    });
    const [file = '', ...args] = command.map((word) =>
      word.endsWith('worker.ts') ? program : word,
    );
    const { client, user, url: baseUrl } = actOn;
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NO_COLOR: '1',
      ACT_ON: JSON.stringify({ client, user, baseUrl }),
    };
    const { stdout, stderr } = await promisify(execFile)(file, args, { env });
    expect({ stdout, stderr }).toEqual({ stdout: 'granted granted unknown\n', stderr: '' });
    expect(actOn.ledger.counters()).toMatchObject({
      grants: { refresh_token: { sent: 2 } },
      replays: 0,
    });
  });
});
