import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshFolder, run, settingsFor, withoutPassword } from '../support/command.ts';
import { age, directoryOf, edit } from '../support/records.ts';

let emulator: ServedEmulator;
let env: Record<string, string>;
let bare: Record<string, string>;
beforeEach(async () => {
  emulator = await serveEmulator();
  env = settingsFor(emulator, freshFolder());
  const { ACT_ON_CLIENT_SECRET: _, ...rest } = withoutPassword(env);
  bare = rest;
});
afterEach(() => emulator.close());

describe('act-on-token status', () => {
  it('tells a person how the session stands, without a secret and without asking Act-On', async () => {
    await run(['token'], { env });
    const { requests } = emulator.ledger.counters();
    const { exit, stdout, stderr } = await run(['status'], { env: bare });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'account   marketer@example.test (client test-client)',
      `Act-On    ${emulator.url}/`,
      'session   signed in',
      expect.stringMatching(
        /^token {5}ends \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(in (60|59) minutes\)$/,
      ),
      'sign-ins  1 of 5 within the last hour',
      `store     ${directoryOf(env)}`,
      '',
    ]);
    expect(emulator.ledger.counters().requests).toBe(requests);
  });

  it('tells a program the same in JSON', async () => {
    await run(['token'], { env });
    const { exit, stdout, stderr } = await run(['status', '--json'], { env: bare });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      account: 'marketer@example.test',
      clientId: 'test-client',
      apiBase: `${emulator.url}/`,
      store: directoryOf(env),
      status: 'authorized',
      reason: null,
      loaded: true,
      usable: true,
      needsGrant: false,
      signingIn: false,
      saved: true,
      error: null,
      scope: 'offline-access',
      grants: { used: 1, limit: 5, nextAt: null },
      expiresAt: expect.any(Number),
    });
  });

  it('ends with 3 if a person has to sign in', async () => {
    expect(await run(['status'], { env: bare })).toMatchObject({
      exit: 3,
      stdout: expect.stringMatching(/^session {3}signed out; sign in: act-on-token login$/m),
    });
    expect(await run(['status', '--json'], { env: bare })).toMatchObject({ exit: 3, stderr: '' });
  });

  it('takes a session whose token has expired for one that goes on', async () => {
    await run(['token'], { env });
    await age(env, 7_200_000);
    const { exit, stdout } = await run(['status'], { env: bare });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^session {3}signed in\ntoken {5}ended .* \(60 minutes ago\)$/m);
  });

  it('says so of a record that it cannot read, and ends with 7', async () => {
    await run(['token'], { env });
    await edit(env, () => ({ schema: 2 }));
    const { exit, stdout } = await run(['status'], { env: bare });
    expect(exit).toBe(7);
    expect(stdout).toMatch(
      /^session {3}The account record has schema 2; .* Upgrade @act-on-token\/core here\.$/m,
    );
  });

  it('ends with 7 if the store cannot be read', async () => {
    expect(await run(['status'], { env: { ...bare, ACT_ON_STORE: '/dev/null' } })).toMatchObject({
      exit: 7,
      stdout: '',
    });
  });
});

describe('act-on-token logout', () => {
  it('ends the session for all, until someone signs in, and may be said again', async () => {
    await run(['token'], { env });
    const silence = { exit: 0, stdout: '', stderr: '' };
    expect(await run(['logout'], { env: bare })).toEqual(silence);
    expect(await run(['logout'], { env: bare })).toEqual(silence);
    expect(await run(['token'], { env })).toMatchObject({ exit: 3, stdout: '' });
    expect(emulator.ledger.counters().grants.password.sent).toBe(1);
  });
});
