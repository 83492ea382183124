import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshFolder, settingsFor, type Variables } from './support/command.ts';
import { descriptorOf, outcome } from './support/in-process.ts';
import { age, edit } from './support/records.ts';

let emulator: ServedEmulator;
let env: Record<string, string>;
beforeEach(async () => {
  emulator = await serveEmulator();
  env = settingsFor(emulator, freshFolder());
});
afterEach(() => emulator.close());

const requests = () => emulator.ledger.counters().requests;
const signIns = () => emulator.ledger.counters().grants.password.sent;
const signIn = () => outcome(['login'], env);

async function fails(
  exit: number,
  message: RegExp,
  args: readonly string[],
  change: Variables = {},
): Promise<void> {
  expect(await outcome(args, { ...env, ...change })).toEqual({
    exit,
    message: expect.stringMatching(message),
  });
}

describe('a command ends with 2, and nothing is sent,', () => {
  afterEach(() => expect(requests()).toBe(0));

  it('if settings are missing, and names them all', () => {
    const none = {
      ACT_ON_CLIENT_ID: undefined,
      ACT_ON_CLIENT_SECRET: '',
      ACT_ON_USERNAME: undefined,
    };
    return fails(
      2,
      /Set ACT_ON_CLIENT_ID .* and ACT_ON_CLIENT_SECRET .* and ACT_ON_USERNAME/,
      ['token'],
      none,
    );
  });

  it('if settings are missing that it needs, and names no others', async () => {
    const none = { ACT_ON_CLIENT_SECRET: '', ACT_ON_USERNAME: undefined };
    for (const command of ['status', 'logout'])
      await fails(2, /^Set ACT_ON_USERNAME \(or --account\) in/, [command], none);
  });

  it.each<[variable: string, Variables, RegExp]>([
    [
      'ACT_ON_REGION',
      { ACT_ON_REGION: 'mars', ACT_ON_BASE_URL: '' },
      /ACT_ON_REGION must be us or eu/,
    ],
    [
      'ACT_ON_STORE',
      { ACT_ON_STORE: 'mysql://somewhere' },
      /ACT_ON_STORE must be a directory, or a redis:\/\/ or rediss:\/\/ URL/,
    ],
    [
      'ACT_ON_STORE',
      { ACT_ON_STORE: 'redis://[' },
      /ACT_ON_STORE begins as a redis:\/\/ URL does, and then is none/,
    ],
    [
      'ACT_ON_BASE_URL',
      { ACT_ON_BASE_URL: 'http://act-on.example' },
      /ACT_ON_BASE_URL is neither https nor http on this machine/,
    ],
    ['ACT_ON_CLIENT_ID', { ACT_ON_CLIENT_ID: 'id\r' }, /^ACT_ON_CLIENT_ID must .* CRLF/],
    [
      'ACT_ON_CLIENT_SECRET',
      { ACT_ON_CLIENT_SECRET: 'hunter2\n' },
      /^ACT_ON_CLIENT_SECRET must (?!.*hunter2).* echo without -n/,
    ],
    [
      'ACT_ON_CLIENT_SECRET',
      { ACT_ON_CLIENT_SECRET: '"hunter2"' },
      /^ACT_ON_CLIENT_SECRET must (?!.*hunter2).* quotes/,
    ],
    [
      'ACT_ON_USERNAME',
      { ACT_ON_USERNAME: '$ACT_ON_USER' },
      /^ACT_ON_USERNAME must .* placeholder/,
    ],
    [
      'ACT_ON_PASSWORD',
      { ACT_ON_PASSWORD: 'hunter2\r' },
      /^ACT_ON_PASSWORD must (?!.*hunter2).* CRLF/,
    ],
    [
      'ACT_ON_BASE_URL',
      { ACT_ON_BASE_URL: 'https://api.actonsoftware.com/api/1' },
      /^ACT_ON_BASE_URL has a path .* \/api\/1/,
    ],
    ['ACT_ON_STORE', { ACT_ON_STORE: '$HOME/.act-on' }, /^ACT_ON_STORE must .*~\//],
    ['ACT_ON_STORE', { ACT_ON_STORE: 'file:///var/lib/act-on' }, /^ACT_ON_STORE must/],
    ['ACT_ON_STORE', { ACT_ON_STORE: '~ada/.act-on' }, /^ACT_ON_STORE must .*~user/],
    ['ACT_ON_STOR', { ACT_ON_STOR: '/tmp/x' }, /no variable ACT_ON_STOR\. Write ACT_ON_STORE/],
    [
      'ACTON_BASE_URL',
      { ACTON_BASE_URL: 'https://x.example' },
      /no variable ACTON_BASE_URL\. Write ACT_ON_BASE_URL/,
    ],
    ['HOME', { HOME: '' }, /Set ACT_ON_STORE in the environment: there is no HOME/],
  ])('if %s is wrong', (_, change, message) => fails(2, message, ['token'], change));

  it.each([
    ['there is no such command', ['tokn'], /unknown command 'tokn'\s+.*Did you mean token/],
    ['there is no such option', ['token', '--validity', '5'], /unknown option '--validity'/],
    [
      'an option lacks its value',
      ['token', '--account'],
      /option '--account <name>' argument missing/,
    ],
    ['an argument is one too many', ['status', 'please'], /too many arguments/],
    ['an argument is missing', ['fetch'], /missing required argument 'path'/],
    ['there is no such region', ['status', '--region', 'mars'], /Allowed choices are us, eu/],
    [
      'two servers are named',
      ['status', '--region', 'us', '--base-url', 'https://act-on.example'],
      /cannot be used with option/,
    ],
    [
      'a duration is none',
      ['token', '--min-validity', '1h'],
      /whole number of seconds from 0 to 3600/,
    ],
    ['there is no such shell', ['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
  ])('if %s', (_, args, message) => fails(2, message, args));

  it.each([
    [
      'the path is on another server',
      ['https://elsewhere.example/api/1/list'],
      /act-on-token fetch sends the access token to .* only/,
    ],
    ['the path is none', ['http://['], /PATH must be a path/],
    [
      'the method has no body',
      ['/api/1/list', '-X', 'GET', '-d', 'x'],
      /-d needs a method that has a body/,
    ],
    ['the method is none', ['/api/1/list', '-X', 'G T'], /-X must be a method/],
    [
      'there is no such file',
      ['/api/1/list', '-d', '@/nowhere/at-all'],
      /-d @\/nowhere\/at-all cannot be read \(ENOENT\)/,
    ],
    [
      'a header brings a token',
      ['/api/1/list', '-H', 'Authorization: Bearer x'],
      /-H must not be an Authorization/,
    ],
    ['a header has no name', ['/api/1/list', '-H', 'x'], /-H must be "Name: value"/],
    ['a header cannot be sent', ['/api/1/list', '-H', 'X-Key: \u0100'], /"X-Key" is not/],
  ])('if a call to the API cannot be made, because %s', (_, args, message) =>
    fails(2, message, ['fetch', ...args], { ACT_ON_PASSWORD: '' }),
  );

  it.each([
    [
      'nothing is there',
      '999',
      '',
      [],
      /--password-fd 999 cannot be read \(EBADF\).*3<file|999<file/,
    ],
    ['it is empty', '', '\n', [], /--password-fd \d+ must hold one line/],
    ['it holds two lines', '', 'one\ntwo\n', [], /--password-fd \d+ must hold one line/],
    [
      'it is longer than any secret',
      '',
      'x'.repeat(100_000),
      [],
      /--password-fd \d+ holds more than any secret/,
    ],
    ['the grant is another', '999', '', ['--grant', 'code'], /belongs to --grant password/],
    [
      'both secrets would come from it',
      '999',
      '',
      ['--client-secret-fd', '999'],
      /two descriptors/,
    ],
  ])('if the password cannot be read: %s', (_, fd, text, args, message) => {
    return fails(2, message, ['login', '--password-fd', fd || descriptorOf(text), ...args]);
  });

  it.each([
    [
      'no terminal is there to ask on',
      ['--grant', 'password'],
      /no terminal to ask for the password on/,
    ],
    ['no one sees the address to open', [], /stderr is not a terminal/],
    [
      'the redirect goes where no server listens',
      ['--no-browser', '--redirect-uri', 'https://act-on.example/'],
      /cannot listen at/,
    ],
    [
      'the redirect URI is none',
      ['--redirect-uri', 'callback'],
      /--redirect-uri must be an absolute URL/,
    ],
  ])('if no one can sign in, because %s', (_, args, message) =>
    fails(2, message, ['login', ...args], { ACT_ON_PASSWORD: '' }),
  );

  it('if someone else listens at the redirect URI', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    await fails(2, /^Nothing can listen at 127\.0\.0\.1:\d+ \(EADDRINUSE\)/, [
      'login',
      '--grant',
      'code',
      '--no-browser',
      '--redirect-uri',
      redirectUri,
    ]);
    server.close();
  });
});

const confidences: readonly string[][] = [
  ['login', '--password', 'hunter2'],
  ['login', '--password=hunter2'],
  ['token', '--client-secret', 'hunter2'],
  ['token', '--token', 'hunter2'],
  ['login', '--pasword=hunter2'],
  ['login', '-phunter2'],
  ['login', '--password-fd', 'hunter2'],
  ['login', '--password-fd', "3' hunter2"],
  ['login', '--grant', 'hunter2'],
  ['login', 'hunter2'],
  ['login', 'but got 1: ', 'hunter2 but got 9: more'],
  ['fetch', '/', 'hunter2\nhunter2'],
  ['completion', 'hunter2'],
  ['status', '--store', 'redis://:hunter2@127.0.0.1'],
  ['status', '--store', 'redis://127.0.0.1?password=hunter2'],
  ['status', '--base-url', 'https://ada:hunter2@act-on.example'],
  ['fetch', 'https://ada:hunter2@act-on.example/api'],
  ['fetch', '/', '-H', 'Authorization: hunter2'],
  ['fetch', '/', '-H', 'X-Key: hunter2\u0100'],
];

it.each(confidences.map((args) => ({ args, line: args.join(' ') })))(
  'does not repeat what may be a secret: $line',
  async ({ args }) => {
    const { exit, message } = await outcome(args, { ...env, ACT_ON_PASSWORD: '' });
    expect(exit).toBe(2);
    expect(message).not.toContain('hunter2');
  },
);

it('says what to do with a secret that was shown on the command line', async () => {
  await fails(
    2,
    /never taken from the command line \(--password\).*--password-fd or ACT_ON_PASSWORD\. Change what/,
    ['login', '--password=x'],
  );
});

describe('a command ends with', () => {
  it('3 if no one is signed in, and says how to', async () => {
    await fails(3, /Sign in with act-on-token login\.$/, ['token'], { ACT_ON_PASSWORD: '' });
    await fails(3, /act-on-token login/, ['fetch', '/api/1/account'], { ACT_ON_PASSWORD: '' });
  });

  it('3 if the session is over, and says how it ended', async () => {
    await signIn();
    await age(env, 7_200_000);
    emulator.revoke({ user: emulator.user.username });
    await fails(3, /Unknown or invalid refresh token/, ['token'], { ACT_ON_PASSWORD: '' });
  });

  it('3 for another account than the one whose password is there', async () => {
    await fails(3, /No user is signed in/, ['token', '--account', 'somebody@example.test']);
    expect(signIns()).toBe(0);
  });

  it('4 if Act-On refuses the password, and tries it once', async () => {
    for (const _ of [1, 2]) await fails(4, /refused/, ['token'], { ACT_ON_PASSWORD: 'wrong' });
    expect(signIns()).toBe(1);
  });

  it('4 if Act-On refuses the client, and names what to check', () => {
    return fails(4, /Check ACT_ON_CLIENT_ID, ACT_ON_CLIENT_SECRET and/, ['token'], {
      ACT_ON_CLIENT_SECRET: 'wrong',
    });
  });

  it('5 if Act-On asks for a pause, and says how long', async () => {
    emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 600 });
    await fails(5, /Try again at \S+Z \(in 10 minutes\)/, ['token']);
  });

  it('5 if the sign-ins of this hour are used up, and says until when', async () => {
    for (let time = 0; time < 5; time += 1)
      await fails(4, /refused/, ['login'], { ACT_ON_PASSWORD: `wrong ${time}` });
    await fails(5, /nothing was sent\. Try again at \S+Z \(in (59|60|61) minutes\)/, ['login']);
    expect(signIns()).toBe(5);
  });

  it('6 if Act-On cannot be reached', async () => {
    await emulator.close();
    await fails(6, /could not reach Act-On.*ECONNREFUSED/, ['token']);
  });

  it('6 if it is unknown whether a sign-in was processed', async () => {
    emulator.faults.arm({
      route: 'token',
      kind: 'status',
      status: 502,
      body: 'html',
      when: 'after',
    });
    await fails(
      6,
      /it is unknown whether Act-On processed it.*Try again at \S+Z \(in \d+ seconds\)/,
      ['token'],
    );
  });

  it('7 if the store cannot be used', async () => {
    for (const command of ['token', 'status', 'logout'])
      await fails(7, /The directory "\/dev\/null" cannot be used/, [command], {
        ACT_ON_STORE: '/dev/null',
      });
  });

  it('7 if what the store holds is not a record', async () => {
    await signIn();
    await edit(env, () => ({ schema: 1 }));
    await fails(7, /not an account record.*Sign in again/, ['token']);
  });

  it('7 if the record is one of a newer version', async () => {
    await signIn();
    await edit(env, (record) => ({ ...record, schema: 2 }));
    for (const command of ['token', 'login', 'logout']) await fails(7, /schema 2/, [command]);
  });
});
