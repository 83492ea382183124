import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveEmulator } from '@act-on-token/emulator';
import { expect, it } from 'vitest';
import { root } from '../../../tooling/bootstrap/paths.mjs';

/** A process of its own signs in, and then searches its own heap. */
async function signsIn(how: string): Promise<Record<string, unknown>> {
  const emulator = await serveEmulator({
    users: [{ username: 'ada@example.test', password: 'canary-password' }],
  });
  try {
    const program = join('proof', 'canary', 'signs-in.ts');
    const args = [
      '--expose-gc',
      '--import',
      './tooling/from-source.ts',
      program,
      emulator.url,
      how,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
    return JSON.parse(stdout);
  } finally {
    await emulator.close();
  }
}

it.each(['authorize', 'credentials'])(
  'a password that came by %s is nowhere in the heap once the token has arrived',
  async (how) => {
    expect(await signsIn(how)).toMatchObject({ isSignedIn: true, isHeld: false });
  },
);

it('a password that a program keeps is found there', async () => {
  expect(await signsIn('kept on purpose')).toMatchObject({ isHeld: true });
});
