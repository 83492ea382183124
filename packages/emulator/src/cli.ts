#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { type ServeOptions, serveEmulator } from './serve.ts';
import type { ProfileName } from './settings.ts';

const usage = `act-on-emulator [options]

  --port <number>          the port to listen on; 0, the default, takes any that is free
  --redirect-uri <uri>     enables the code grant for the test client with this redirect URI; may be repeated
  --profile <name>         current (the default), legacy or rfc
  --control                lets programs on this machine set faults, clock and switches under /__emulator
  --cors <origin>          answers this origin with CORS headers; may be repeated
  --seed <text>            makes every token repeatable
  --help                   shows this text

Serves a local Act-On until it is interrupted, and prints its URL, its test client and its test user.
`;

function readOptions(args: string[]): ServeOptions | null {
  const texts = { type: 'string', multiple: true, default: [] as string[] } as const;
  const options = {
    port: { type: 'string', default: '0' },
    'redirect-uri': texts,
    cors: texts,
    profile: { type: 'string' },
    control: { type: 'boolean', default: false },
    seed: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) return null;
  if (!/^\d{1,5}$/.test(values.port)) throw new TypeError('"--port" must be a number');
  const { cors, control, seed, profile } = values;
  return {
    port: Number(values.port),
    redirectUris: values['redirect-uri'],
    cors,
    control,
    ...(seed !== undefined && { seed }),
    // Whether it is one is checked where every option is.
    ...(profile !== undefined && { profile: profile as ProfileName }),
  };
}

async function run(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options === null) {
    process.stdout.write(usage);
    return;
  }
  const emulator = await serveEmulator(options);
  const lines = {
    ACT_ON_BASE_URL: emulator.url,
    ACT_ON_CLIENT_ID: emulator.client.id,
    ACT_ON_CLIENT_SECRET: emulator.client.secret,
    ACT_ON_USERNAME: emulator.user.username,
    ACT_ON_PASSWORD: emulator.user.password,
    ...(options.control === true && { ACT_ON_EMULATOR_CONTROL: `${emulator.url}/__emulator` }),
  };
  // What a shell can read: the names are those that the rest of act-on-token takes its settings
  // from.
  for (const [name, value] of Object.entries(lines)) process.stdout.write(`${name}='${value}'\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => emulator.close());
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`act-on-emulator: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
