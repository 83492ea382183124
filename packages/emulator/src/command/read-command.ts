import { parseArgs } from 'node:util';
import type { ServeOptions } from '../serve.ts';
import type { ProfileName } from '../settings.ts';
import { readClock } from './read-clock.ts';
import { readUsers } from './read-users.ts';

export const usage = `act-on-emulator [options]

  --port <number>          the port to listen on; 0, the default, takes any that is free
  --hostname <name>        the address to listen on; 127.0.0.1, the default, is reached from this machine only,
                           0.0.0.0 from every machine that can reach this one
  --user <name:password>   adds a user; may be repeated. Other programs can read it in the list of processes
  --user-file <path>       adds the users of a file, one name:password per line; may be repeated
  --redirect-uri <uri>     enables the code grant for the test client with this redirect URI; may be repeated
  --profile <name>         current (the default), legacy or rfc
  --control                lets programs set faults, clock and switches under /__emulator
  --clock <time>           +90m or -2d moves the clock (s, m, h, d); 2026-03-01T12:00:00Z stops it there,
                           until a program moves it under /__emulator/clock
  --cors <origin>          answers this origin with CORS headers; may be repeated
  --seed <text>            makes every token repeatable
  --help                   shows this text

ACT_ON_EMULATOR_USERS adds users too, one name:password per line. The command never prints their passwords.

Serves a local Act-On until it is interrupted, and prints its URL, its test client and its test user.
`;

/**
 * What the command is asked to serve; `null` for `--help`. Throws a TypeError that names a wrong
 * option, and never quotes what could be a password.
 */
export function readCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServeOptions | null {
  const texts = { type: 'string', multiple: true, default: [] as string[] } as const;
  const options = {
    port: { type: 'string', default: '0' },
    hostname: { type: 'string' },
    user: texts,
    'user-file': texts,
    'redirect-uri': texts,
    cors: texts,
    profile: { type: 'string' },
    control: { type: 'boolean', default: false },
    clock: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const { values } = withoutQuotes(() => parseArgs({ args: [...args], options }));
  if (values.help) return null;
  if (!/^\d{1,5}$/.test(values.port)) throw new TypeError('"--port" must be a number');
  const { cors, control, seed, profile, hostname, clock } = values;
  const users = readUsers({
    given: values.user,
    files: values['user-file'],
    variable: env.ACT_ON_EMULATOR_USERS,
  });
  return {
    port: Number(values.port),
    redirectUris: values['redirect-uri'],
    users,
    cors,
    control,
    ...(hostname !== undefined && { hostname }),
    ...(seed !== undefined && { seed }),
    ...(clock !== undefined && { now: readClock(clock) }),
    // Whether it is one is checked where every option is.
    ...(profile !== undefined && { profile: profile as ProfileName }),
  };
}

/** What `parseArgs` says of a lost argument quotes it, and it may be `name:password`. */
function withoutQuotes<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') throw error;
    throw new TypeError(
      'an argument follows no option that takes it. Put quotes around a value that has blanks.',
    );
  }
}
