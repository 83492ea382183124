import { readdirSync, readFileSync } from 'node:fs';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ended, freshFolder, run, type Setup, start } from '../support/command.ts';
import { age } from '../support/records.ts';

const client = { id: 'client', secret: 'canary-client-secret' };
const user = { username: 'ada@example.test', password: 'canary-password' };

let emulator: ServedEmulator;
let env: Record<string, string>;
beforeEach(async () => {
  emulator = await serveEmulator({ clients: [client], users: [user], apiLimits: null });
  env = {
    HOME: freshFolder(),
    ACT_ON_BASE_URL: emulator.url,
    ACT_ON_CLIENT_ID: client.id,
    ACT_ON_CLIENT_SECRET: client.secret,
    ACT_ON_USERNAME: user.username,
    ACT_ON_PASSWORD: user.password,
  };
});
afterEach(() => emulator.close());

/** Every token that was ever handed out, and whatever a person keeps to himself. */
function secrets(): string[] {
  const tokens = JSON.stringify(emulator.exportState()).match(/eyJ[\w.-]{40,}|[\w-]{43,}/g) ?? [];
  return [...new Set([...tokens, 'canary'])];
}

function expectNoSecret(text: string): void {
  expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
}

it('tells no one a secret, whatever it is told and whatever happens', async () => {
  const calls: [
    args: string[],
    setup?: Setup,
    fault?: Parameters<ServedEmulator['faults']['arm']>[0],
  ][] = [
    [['login'], { env: { ...env, ACT_ON_CLIENT_SECRET: 'canary-wrong' } }],
    [['login'], { env: { ...env, ACT_ON_PASSWORD: 'canary-wrong' } }],
    [['login', '--password-fd', '3'], { env, files: ['canary-wrong\ncanary'] }],
    [['login', '--password', 'canary'], { env }],
    [['login', '--pasword=canary'], { env }],
    [
      ['login'],
      { env },
      { route: 'token', kind: 'bad_body', body: (good) => ({ ...good, access_token: 'canary\n' }) },
    ],
    [
      ['login', '--force'],
      { env },
      {
        route: 'token',
        kind: 'bad_body',
        body: '{"error":"invalid_grant","error_description":"canary-password"}',
      },
    ],
    [['login', '--force'], { env }],
    [['status'], { env }],
    [['status', '--json'], { env }],
    [['fetch', '/api/1/account', '-i'], { env }],
    [['fetch', '/api/1/account', '-H', 'x: canary\u0100'], { env }],
    [['fetch', '/api/1/account'], { env }, { route: 'api', kind: 'drop_before' }],
    [['status'], { env: { ...env, ACT_ON_BASE_URL: 'https://canary:canary@act-on.example' } }],
    [['logout'], { env }],
  ];
  const ended: Ended[] = [];
  for (const [args, setup, fault] of calls) {
    if (fault !== undefined) emulator.faults.arm(fault);
    ended.push(await run(args, setup));
  }
  expectNoSecret(JSON.stringify(ended));
  expect(ended.map(({ exit }) => exit)).toEqual([4, 4, 2, 2, 2, 0, 4, 0, 0, 0, 0, 2, 6, 2, 0]);
});

it.runIf(process.platform === 'linux')(
  'shows none in the list of processes while it works',
  async () => {
    await run(['token'], { env });
    await age(env, 7_200_000);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const { ACT_ON_CLIENT_SECRET = '', ...rest } = env;
    const { ended } = start(['token', '--client-secret-fd', '3'], {
      env: rest,
      files: [ACT_ON_CLIENT_SECRET],
    });
    await hold.reached();
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const lines = processes
      .map((pid) => commandLineOf(pid))
      .filter((line) => line.includes('act-on-token.js'));
    expect(lines.length).toBeGreaterThan(0);
    expectNoSecret(lines.join('\n'));
    hold.release();
    expect((await ended).exit).toBe(0);
  },
);

/** Empty if it ended meanwhile. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
