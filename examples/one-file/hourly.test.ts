import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveEmulator } from '@act-on-token/emulator';
import { expect, it, onTestFinished } from 'vitest';
import { later, type Runtime, run, runtimes, settingsOf } from './runs.ts';

const everyThreeMinutes = 180_000;

it('lists.ts, run 20 times an hour for two hours, by Node, Deno and Bun in turn, signs in once', {
  timeout: 180_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'one-file-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const emulator = await serveEmulator();
  onTestFinished(() => emulator.close());

  for (let runs = 0; runs < 40; runs += 1) {
    const runtime = runtimes[runs % runtimes.length] as Runtime;
    const env = { ...settingsOf(emulator), LATER_BY: `${runs * everyThreeMinutes}` };
    expect(await run(later(runtime), env, home)).toEqual({
      code: 0,
      stdout: 'totalCount: 3\n',
      stderr: '',
    });
    emulator.clock.advance(everyThreeMinutes);
  }
  const { apiCalls, grants, replays } = emulator.ledger.counters();
  expect({ apiCalls, replays, signIns: grants.password?.sent }).toEqual({
    apiCalls: 40,
    replays: 0,
    signIns: 1,
  });
  // A run closes its session as soon as it has its answer, so a refresh ahead of time is sent only
  // if it was quicker.
  const { sent = 0, granted } = grants.refresh_token ?? {};
  expect(granted).toBe(sent);
  expect([1, 2]).toContain(sent);
  const directory = join(home, '.local/state/act-on-token');
  const [account = ''] = readdirSync(directory);
  expect(readdirSync(join(directory, account))).toHaveLength(2);
});
