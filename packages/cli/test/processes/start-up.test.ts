import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveEmulator } from '@act-on-token/emulator';
import { expect, it } from 'vitest';
import { freshFolder, run, settingsFor } from '../support/command.ts';

/** Appends the modules of Node that were loaded in the end to stderr. */
const witness = `process.on('exit', () => process.stderr.write(process.moduleLoadList.map((name) => name.replace('NativeModule ', '')).join(' ')));`;

// Each of these takes milliseconds to load. `act-on-token token` stands in front of every curl, so
// it goes without them.
it('prints the current token without loading the parser, a network or Web Crypto', async () => {
  const emulator = await serveEmulator();
  const env = settingsFor(emulator, freshFolder());
  await run(['token'], { env });
  const preload = join(freshFolder(), 'witness.cjs');
  writeFileSync(preload, witness);
  const { exit, stderr } = await run(['token'], {
    env: { ...env, NODE_OPTIONS: `--require ${preload}` },
  });
  const loaded = stderr.split(' ');
  expect(exit).toBe(0);
  expect(loaded).toContain('crypto');
  const heavy = [
    'child_process',
    'http',
    'https',
    'internal/deps/undici/undici',
    'internal/crypto/webcrypto',
    'readline',
    'worker_threads',
  ];
  expect(loaded.filter((name) => heavy.includes(name))).toEqual([]);
  await emulator.close();
});
