import { wrongUse } from './command-error.ts';

const remedies: Readonly<Record<string, string>> = {
  password: 'Use the prompt, --password-fd or ACT_ON_PASSWORD.',
  passwd: 'Use the prompt, --password-fd or ACT_ON_PASSWORD.',
  pass: 'Use the prompt, --password-fd or ACT_ON_PASSWORD.',
  'client-secret': 'Use --client-secret-fd or ACT_ON_CLIENT_SECRET.',
  secret: 'Use --client-secret-fd or ACT_ON_CLIENT_SECRET.',
  code: 'act-on-token login asks for it without showing it.',
  token: 'act-on-token sends the token of the session by itself.',
  'access-token': 'act-on-token sends the token of the session by itself.',
  'refresh-token': 'act-on-token keeps it in the store.',
};

/**
 * Throws `configuration` for an argument that looks like a secret: it is too late then, but not for
 * the next time.
 */
export function refuseSecrets(args: readonly string[]): void {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  for (const [, name = ''] of options.map((arg) => /^--?([a-z-]+)(=.*)?$/is.exec(arg) ?? [])) {
    const remedy = Object.hasOwn(remedies, name.toLowerCase())
      ? remedies[name.toLowerCase()]
      : undefined;
    if (remedy !== undefined) throw onCommandLine(name, remedy);
  }
}

function onCommandLine(name: string, remedy: string): Error {
  const danger = 'arguments show in the list of processes and stay in the history of the shell';
  return wrongUse(
    `A secret is never taken from the command line (--${name}): ${danger}. ${remedy} Change what you have just shown.`,
  );
}
