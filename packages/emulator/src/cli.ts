#!/usr/bin/env node
import { readCommand, usage } from './command/read-command.ts';
import { isLoopback } from './control/who-may.ts';
import { type ServedEmulator, serveEmulator } from './serve.ts';

async function run(args: string[]): Promise<void> {
  const options = readCommand(args, process.env);
  if (options === null) {
    process.stdout.write(usage);
    return;
  }
  const { hostname = '127.0.0.1', control = false } = options;
  // Before it listens: a program without a handler that is the first of its container ignores both.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const emulator = await serveEmulator(options);
  if (!isLoopback(hostname)) process.stderr.write(warning(hostname, control));
  print(emulator, control);
  await interrupted;
  await emulator.close();
}

/**
 * What a shell can read: the names are those that the rest of act-on-token takes its settings from.
 */
function print({ url, client, user }: ServedEmulator, isControlled: boolean): void {
  const lines = {
    ACT_ON_BASE_URL: url,
    ACT_ON_CLIENT_ID: client.id,
    ACT_ON_CLIENT_SECRET: client.secret,
    ACT_ON_USERNAME: user.username,
    ACT_ON_PASSWORD: user.password,
    ...(isControlled && { ACT_ON_EMULATOR_CONTROL: `${url}/__emulator` }),
  };
  for (const [name, value] of Object.entries(lines)) process.stdout.write(`${name}='${value}'\n`);
}

function warning(hostname: string, isControlled: boolean): string {
  const what = isControlled ? 'use and control this Act-On' : 'use this Act-On';
  return `act-on-emulator: every machine that reaches "${hostname}" may ${what}. Leave "--hostname" out to serve this machine only.\n`;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isFromSystem = 'syscall' in error;
  return isFromSystem
    ? `${error.message}. Choose another "--port" or "--hostname".`
    : error.message;
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`act-on-emulator: ${textOf(error)}\n`);
  process.exitCode = 1;
}
