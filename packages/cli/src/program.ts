import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { answer, toStdout } from './answer.ts';
import { wrongUse } from './command-error.ts';
import { fetchPath } from './commands/fetch.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { status } from './commands/status.ts';
import { token } from './commands/token.ts';
import { completionScript, type Shell, shells } from './completion.ts';
import { type Exit, exits } from './exit-codes.ts';
import { examples, overview } from './help.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import type { Environment } from './settings.ts';
import { version } from './version.ts';

/**
 * Parses the arguments and runs what they name. Rejects as the command does, and with
 * `configuration` for wrong arguments.
 */
export async function runProgram(
  args: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<Exit> {
  refuseSecrets(args);
  let exit: Exit = exits.ok;
  const end = async (work: Promise<Exit>): Promise<void> => {
    exit = await work;
  };
  try {
    await createProgram({ env, signal, end }).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exits.ok;
    if (error.code === 'commander.help') return exits.usage; // It was shown already, on stderr.
    throw wrongUse(
      `${withoutValues(error.message)} act-on-token --help lists commands and options.`,
    );
  }
  return exit;
}

/** What commands run with. */
interface Stage {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Takes the exit code, once it is there. */
  end(work: Promise<Exit>): Promise<void>;
}

/** The one table of commands and options: help and completion are made from it. */
export function createProgram(stage: Stage): Command {
  const program = new Command('act-on-token')
    .description(
      'Keeps an Act-On API session for shells and cron jobs: one session for all of them, refreshed when it has to be.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text, or that of a command')
    .configureOutput({
      writeOut: (text) => void toStdout(text).catch(() => {}),
      outputError: () => {},
    }) // Errors are reported where all are.
    .exitOverride()
    .addHelpText('after', overview());
  for (const add of [
    addLogin,
    addToken,
    addStatus,
    addLogout,
    addFetch,
    addLists,
    addRecords,
    addCompletion,
  ])
    add(program, stage);
  for (const command of program.commands) command.addHelpText('after', examples(command.name()));
  return program;
}

function addLogin(program: Command, { env, signal, end }: Stage): void {
  const how = 'how: in a browser, or with a password (default: password if there is one)';
  sending(program.command('login').description('sign in, unless the account is signed in already'))
    .addOption(new Option('--grant <grant>', how).choices(['code', 'password']))
    .option('--password-fd <number>', 'read the password from this file descriptor', descriptor)
    .option(
      '--redirect-uri <uri>',
      'the one that is registered with Act-On',
      'http://127.0.0.1:8414/callback',
    )
    .option('--no-browser', 'print the address instead of opening it')
    .option('--timeout <seconds>', 'how long to wait for the browser', seconds(1, 3_600), 300)
    .option('--force', 'sign in again, although a user is signed in')
    .action((options) => end(login(options, env, signal)));
}

function addToken(program: Command, { env, signal, end }: Stage): void {
  sending(program.command('token').description('print a valid access token, refreshed if need be'))
    .option(
      '--min-validity <seconds>',
      'how long it must live at least (default: 30)',
      seconds(0, 3_600),
    )
    .action((options) => end(token(options, env, signal)));
}

function addStatus(program: Command, { env, end }: Stage): void {
  ofAccount(
    program.command('status').description('show the state of the session, without asking Act-On'),
  )
    .option('--json', 'as JSON, for programs')
    .action((options) => end(status(options, env)));
}

function addLogout(program: Command, { env, end }: Stage): void {
  ofAccount(program.command('logout').description('end the session for all who share it')).action(
    (options) => end(logout(options, env)),
  );
}

function addFetch(program: Command, { env, signal, end }: Stage): void {
  sending(program.command('fetch').description("call Act-On's API, and print what it answers"))
    .argument('<path>', 'as in /api/1/account')
    .option('-X, --request <method>', 'the method (default: GET, or POST with -d)')
    .option('-d, --data <data>', 'what to send: a text, @file, or - for stdin')
    .option(
      '-H, --header <line>',
      'a header, as in "Content-Type: application/json"; may be repeated',
      collect,
      [],
    )
    .option('-i, --include', 'print status and headers too')
    .action((path, options) => end(fetchPath(path, options, env, signal)));
}

function addLists(program: Command, { env, signal, end }: Stage): void {
  formatted(program.command('lists').description('print the contact lists of the account')).action(
    (options) =>
      end(import('./commands/lists.ts').then(({ lists }) => lists(options, env, signal))),
  );
}

function addRecords(program: Command, { env, signal, end }: Stage): void {
  formatted(program.command('records').description('print all records of a list'))
    .argument('<list>', 'its id, as in l-0001')
    .option('--from <number>', 'leave out so many, which an earlier run printed', wholeNumber)
    .addOption(
      new Option(
        '-o, --output <file>',
        'write them there; run again after it was stopped, it goes on where it was',
      ).conflicts('from'),
    )
    .action((list, options) =>
      end(
        import('./commands/records.ts').then(({ records }) => records(list, options, env, signal)),
      ),
    );
}

function formatted(command: Command): Command {
  return sending(command).addOption(
    new Option('--format <format>', 'how: lines of CSV, or of JSON')
      .choices(['csv', 'ndjson'])
      .default('csv'),
  );
}

function addCompletion(program: Command, { end }: Stage): void {
  const print = (shell: Shell): Promise<Exit> =>
    answer(completionScript(shell, program)).then(() => exits.ok);
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(program.createArgument('<shell>').choices(shells))
    .action((shell) => end(print(shell)));
}

function ofAccount(command: Command): Command {
  return command
    .option(
      '--account <name>',
      'the Act-On user, or a name of yours for who signs in with a browser (default: $ACT_ON_USERNAME)',
    )
    .option('--client-id <id>', 'the API client (default: $ACT_ON_CLIENT_ID)')
    .addOption(
      new Option('--region <region>', 'where the account is (default: $ACT_ON_REGION, or us)')
        .choices(['us', 'eu'])
        .conflicts('baseUrl'),
    )
    .option('--base-url <url>', 'another server than Act-On (default: $ACT_ON_BASE_URL)')
    .option(
      '--store <place>',
      'a directory or redis:// URL to keep sessions in (default: $ACT_ON_STORE)',
    )
    .option('-v, --verbose', 'write what the session does to stderr (default: $ACT_ON_DEBUG=1)');
}

function sending(command: Command): Command {
  return ofAccount(command).option(
    '--client-secret-fd <number>',
    'read the client secret from this descriptor (default: $ACT_ON_CLIENT_SECRET)',
    descriptor,
  );
}

const collect = (line: string, lines: readonly string[]): string[] => [...lines, line];

function descriptor(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    'It must be the number of an open file descriptor, as in: 3 3<file',
  );
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0.');
}

function seconds(least: number, most: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most)
      return Number(text);
    throw new InvalidArgumentError(
      `It must be a whole number of seconds from ${least} to ${most}.`,
    );
  };
}

/** What was typed into the wrong place may be a secret. */
function withoutValues(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/(unknown command) '(?![a-z-]{1,20}').*'/s, '$1')
    .replace(/(unknown option '(?:--[^=']*|-[^-]))(.*)'/s, "$1'")
    .replace(/(unknown option) '--(?![a-z-]{1,20}').*'/s, '$1')
    .replace(/^(too many arguments.*? but got \d+):.*/s, '$1')
    .replace(/( argument| value) '.*' is invalid/s, '$1 is invalid')
    .replaceAll(/\s+/g, ' ')
    .replace(/([^.?)])$/, '$1.');
}
