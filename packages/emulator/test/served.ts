import { type ServedEmulator, type ServeOptions, serveEmulator } from '@act-on-token/emulator';
import { afterEach } from 'vitest';
import { createWire, type Wire } from './helpers.ts';

const open: ServedEmulator[] = [];

/** An emulator on a free port, closed when the test ends, and a client of it. */
export async function served(
  options: ServeOptions = {},
): Promise<Wire & { emulator: ServedEmulator }> {
  const emulator = await serveEmulator(options);
  open.push(emulator);
  return { emulator, ...createWire(emulator, fetch, emulator.url) };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()));
});
