import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import {
  type Ended,
  freshFolder,
  program,
  run,
  settingsFor,
  start,
  startProgram,
  withoutPassword,
} from '../../packages/cli/test/support/command.ts';
import { edit } from '../../packages/cli/test/support/records.ts';
import { freeRedirectUri } from '../../packages/cli/test/support/redirects.ts';
import { attacker } from './attack.ts';

// Somebody chooses what the command finds: its environment, its folder, its arguments, what it
// prints on. They cannot choose which command it is, and what they want is a secret, a terminal
// that obeys, or a sign-in of theirs.

const { honest, attack } = attacker('the command line');
const hostile = '\u001b[2J\u001b]0;mine\u0007\u202e';
const obeyed = /[\p{Cc}\p{Cf}]/u;

let emulator: ServedEmulator;
let home: string;
let env: Record<string, string>;
beforeEach(async () => {
  emulator = await serveEmulator();
  home = freshFolder();
  env = settingsFor(emulator, home);
});
afterEach(() => emulator.close());

const printed = ({ stdout, stderr }: Ended): string => (stdout + stderr).replaceAll('\n', '');
const secrets = (): string[] => [emulator.client.secret, emulator.user.password];
function quiet(ended: Ended, ...words: string[]): Ended {
  for (const word of [...secrets(), ...words])
    expect(ended.stdout + ended.stderr).not.toContain(word);
  expect(printed(ended)).not.toMatch(obeyed);
  return ended;
}
/** Runs in a folder that somebody prepared. */
const runIn = (
  folder: string,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<Ended> =>
  startProgram('sh', ['-c', 'cd "$0" && exec "$@"', folder, process.execPath, program, ...args], {
    env: { ...env, ...more },
  }).ended;
const grants = () =>
  Object.values(emulator.ledger.counters().grants).reduce((sum, { sent }) => sum + sent, 0);

describe('the command line', () => {
  honest('token prints one', async () => {
    expect(await run(['token'], { env })).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^[\x21-\x7e]+\n$/),
      stderr: '',
    });
  });
  honest('fetch prints an answer', async () => {
    expect(JSON.parse((await run(['fetch', '/api/1/account'], { env })).stdout)).toMatchObject({
      login: emulator.user.username,
    });
  });

  describe('by the environment', () => {
    for (const name of [
      'ACT_ON_USERNAME',
      'ACT_ON_CLIENT_ID',
      'ACT_ON_STORE',
      'ACT_ON_BASE_URL',
      'ACT_ON_REGION',
    ]) {
      attack(`${name} holds what a terminal obeys`, async () => {
        const value = name === 'ACT_ON_STORE' ? join(home, hostile) : hostile;
        for (const args of [['status'], ['status', '--json'], ['token']])
          quiet(
            await run(args, {
              env: {
                ...env,
                [name]: value,
                ...(name === 'ACT_ON_REGION' && { ACT_ON_BASE_URL: '' }),
              },
            }),
          );
      });
    }
    for (const url of [
      'http://evil.example',
      'http://127.0.0.1.evil.example',
      'ftp://127.0.0.1',
      'http://user:PASSWORD-IN-URL@127.0.0.1',
      'javascript:alert(1)',
      'file:///etc/passwd',
    ]) {
      attack(`ACT_ON_BASE_URL is ${url}, and the secret goes there in the clear`, async () => {
        const ended = quiet(
          await run(['token'], { env: { ...env, ACT_ON_BASE_URL: url } }),
          'PASSWORD-IN-URL',
        );
        expect(ended).toMatchObject({ exit: 2, stdout: '' });
      });
    }
    attack('the URL of the store has a password, and status shows it', async () => {
      for (const url of [
        'redis://user:PASSWORD-OF-REDIS@127.0.0.1:1/0',
        'redis://127.0.0.1:1/?password=PASSWORD-OF-REDIS',
        'redis://:PASSWORD-OF-REDIS@127.0.0.1:1',
      ])
        for (const args of [['status'], ['status', '--json'], ['token']])
          quiet(await run(args, { env: { ...env, ACT_ON_STORE: url } }), 'PASSWORD-OF-REDIS');
    });
    attack('a secret with a line end goes out as two', async () => {
      expect(
        (await run(['token'], { env: { ...env, ACT_ON_CLIENT_ID: 'a\r\nX: y' } })).exit,
      ).not.toBe(0);
    });
    attack("the home is a link to a folder of another user's", async () => {
      const ended = await run(['token'], { env: { ...env, HOME: '/proc/1/root/nonexistent' } });
      expect(ended.exit).toBe(7);
      quiet(ended);
    });
    attack('the store is a folder that every user may write to', async () => {
      const open = join(home, 'open');
      mkdirSync(open);
      chmodSync(open, 0o777);
      expect(quiet(await run(['token'], { env: { ...env, ACT_ON_STORE: open } }))).toMatchObject({
        exit: 7,
        stdout: '',
      });
      expect(readdirSync(open)).toEqual([]);
      expect(grants()).toBe(0);
    });
    attack('the password of one user signs another in', async () => {
      const ended = await run(['token', '--account', 'mallory@example.test'], { env });
      expect(ended).toMatchObject({ exit: 3, stdout: '' });
      expect(grants()).toBe(0);
    });
    attack('NODE_DEBUG and DEBUG make it print its requests with the secret', async () => {
      quiet(await run(['status'], { env: { ...env, DEBUG: '*', NODE_DEBUG: '' } }));
    });
  });

  describe('by the folder that it runs in', () => {
    for (const [file, text] of [
      ['.env', 'ACT_ON_BASE_URL=http://evil.example\nACT_ON_CLIENT_SECRET=theirs\n'],
      ['.npmrc', 'registry=http://evil.example\n'],
      ['package.json', '{"type":"module","act-on-token":{"baseUrl":"http://evil.example"}}'],
      ['act-on-token.config.js', 'console.log("OWNED")'],
      ['node_modules/ioredis/index.js', 'console.log("OWNED")'],
      ['node_modules/commander/index.js', 'console.log("OWNED")'],
      ['node_modules/@act-on-token/core/index.js', 'console.log("OWNED")'],
    ] as const) {
      attack(`a ${file} there is obeyed`, async () => {
        const folder = freshFolder();
        mkdirSync(join(folder, file, '..'), { recursive: true });
        writeFileSync(join(folder, file), text);
        for (const args of [['token'], ['status', '--json']]) {
          const ended = await runIn(folder, args);
          expect(ended).toMatchObject({ exit: 0, stderr: '' });
          expect(ended.stdout).not.toMatch(/OWNED|evil/);
        }
      });
    }
    attack('a program called xdg-open there is run', async () => {
      const folder = freshFolder();
      writeFileSync(join(folder, 'xdg-open'), '#!/bin/sh\ntouch owned\n', { mode: 0o755 });
      await runIn(
        folder,
        ['login', '--no-browser', '--timeout', '1', '--redirect-uri', await freeRedirectUri()],
        {
          DISPLAY: ':0',
          ACT_ON_PASSWORD: '',
        },
      );
      expect(existsSync(join(folder, 'owned'))).toBe(false);
    });
  });

  describe('by its arguments', () => {
    for (const args of [
      ['login', '--password', 'TYPED-SECRET'],
      ['login', '--password=TYPED-SECRET'],
      ['token', '--client-secret', 'TYPED-SECRET'],
      ['token', '-password', 'TYPED-SECRET'],
      ['token', '--store', 'redis://user:TYPED-SECRET@127.0.0.1'],
      ['token', '--base-url', 'https://user:TYPED-SECRET@act-on.example'],
      ['TYPED-SECRET'],
      ['token', 'TYPED-SECRET'],
      ['token', '--TYPED-SECRET'],
      ['login', '--grant', 'TYPED-SECRET'],
      ['fetch', '/x', '-H', 'TYPED-SECRET'],
      ['fetch', '/x', '-H', 'X: TYPED-SECRET\u0001'],
      ['fetch', '/x', '-H', 'Authorization: TYPED-SECRET'],
    ]) {
      attack(`${args.join(' ').replace('\u0001', '')} is printed again`, async () => {
        const ended = quiet(await run(args, { env: withoutPassword(env) }), 'TYPED-SECRET');
        // What may be a header after all needs a session first.
        expect([2, 3]).toContain(ended.exit);
        expect(grants()).toBe(0);
      });
    }
    for (const path of [
      'https://evil.example/',
      '//evil.example/x',
      '\\\\evil.example/x',
      'http:evil.example',
      'file:///etc/passwd',
      `${'http://127.0.0.1'}:1/x`,
    ]) {
      attack(`fetch ${path} takes the token elsewhere`, async () => {
        const ended = await run(['fetch', path], { env });
        const calls = emulator.ledger.entries.filter((entry) => entry.path.includes('evil'));
        // A path that stays at Act-On is a path that is not there.
        expect([2, 22]).toContain(ended.exit);
        expect(calls.every((entry) => entry.status === 404)).toBe(true);
      });
    }
    attack('a header of two lines adds another', async () => {
      expect(
        await run(['fetch', '/api/1/account', '-H', 'X-A: b\r\nX-Evil: 1'], { env }),
      ).toMatchObject({ exit: 2, stdout: '' });
    });
    attack('an argument that a terminal obeys is printed', async () => {
      for (const args of [
        [hostile],
        ['status', `--${hostile}`],
        ['fetch', '/x', '-d', `@${hostile}`],
        ['token', '--store', join(home, hostile)],
      ])
        quiet(await run(args, { env }));
    });
    attack('-d of a file that is not readable shows what is in another', async () => {
      quiet(await run(['fetch', '/x', '-d', '@/proc/self/mem'], { env }));
    });
  });

  describe('by what it reads and where it listens', () => {
    attack('the store holds a token that clears the screen', async () => {
      await run(['token'], { env });
      await edit(env, (record) => ({
        ...record,
        pair: { ...(record.pair as object), accessToken: `x${hostile}` },
      }));
      expect(quiet(await run(['token'], { env }))).toMatchObject({ exit: 7, stdout: '' });
    });
    attack('the store holds a record of lines that look like ours', async () => {
      await run(['token'], { env });
      await edit(env, () => ({ schema: 99, note: 'x\nact-on-token: all is well' }));
      const ended = quiet(await run(['token'], { env }));
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    });
    for (const address of ['127.0.0.1', '::1']) {
      attack(
        `a program that has ${address} before it takes the code meant for localhost`,
        async () => {
          const { port } = new URL(await freeRedirectUri());
          const other = createServer().listen({ port: Number(port), host: address });
          await once(other, 'listening');
          const ended = await run(
            ['login', '--no-browser', '--redirect-uri', `http://localhost:${port}/callback`],
            {
              env: withoutPassword(env),
            },
          );
          other.close();
          expect(quiet(ended).exit).toBe(2);
        },
      );
    }
    attack('a page in the browser answers the sign-in with a code of its own', async () => {
      const redirectUri = await freeRedirectUri();
      const running = start(
        ['login', '--no-browser', '--timeout', '2', '--redirect-uri', redirectUri],
        { env: withoutPassword(env) },
      );
      await running.until(/authorize\?/);
      for (const query of [
        '?code=theirs',
        '?code=theirs&state=guessed',
        '?error=access_denied',
        '?code=a&code=b&state=',
      ])
        expect((await fetch(redirectUri + query)).status).toBe(400);
      expect((await running.ended).exit).toBe(3);
      expect(grants()).toBe(0);
    });
  });
});
