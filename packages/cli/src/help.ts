import { meanings } from './exit-codes.ts';

const variables: ReadonlyArray<readonly [name: string, meaning: string]> = [
  ['ACT_ON_CLIENT_ID', 'the API client'],
  ['ACT_ON_CLIENT_SECRET', 'its secret'],
  ['ACT_ON_USERNAME', 'the Act-On user'],
  [
    'ACT_ON_PASSWORD',
    'the password of that user: with it, token and fetch sign in by themselves when they have to',
  ],
  ['ACT_ON_REGION', 'us (the default) or eu'],
  ['ACT_ON_BASE_URL', 'instead of a region: a gateway, or an emulator'],
  [
    'ACT_ON_STORE',
    'a directory, or a redis:// URL; by default act-on-token in $XDG_STATE_HOME or ~/.local/state',
  ],
];

/** Follows the list of commands. */
export function overview(): string {
  const exits = Object.entries(meanings).map(([exit, meaning]) => [exit, meaning] as const);
  return `
Environment:
${table(variables, 22)}
Exit codes:
${table(exits, 5)}
stdout gets the answer and nothing else. Secrets come from the environment, from a file descriptor or from a prompt, never from
arguments.

Example:
  token=$(act-on-token token) || exit
  curl -H "Authorization: Bearer $token" https://api.actonsoftware.com/api/1/account
`;
}

function table(rows: ReadonlyArray<readonly [string, string]>, width: number): string {
  return rows.map(([name, text]) => `  ${name.padEnd(width)} ${text}\n`).join('');
}

const byCommand: Readonly<Record<string, string>> = {
  login: `
Examples:
  act-on-token login                                       in the browser of this machine
  act-on-token login --no-browser                          in another one
  act-on-token login --grant password --password-fd 3 3<password-file

The browser comes back to the redirect URI, which Act-On's Support has to register to the letter. Where it runs on another machine,
as behind SSH, paste the address that it ends at.
`,
  token: `
Example:
  token=$(act-on-token token --min-validity 600) || exit

Who asks in the last ten minutes of a token's life gets the next one. Any number of calls at once make one refresh.
`,
  status: `
Example:
  act-on-token status >/dev/null || act-on-token login
`,
  fetch: `
Examples:
  act-on-token fetch '/api/1/list?listingtype=CONTACT_LIST'
  act-on-token fetch /api/1/list/l-0001/record -H 'Content-Type: application/json' -d @contact.json

Without a Content-Type the data goes out as a form, as with curl. A 401 replaces the token and is followed by one more try; nothing
else is repeated. Redirects are not followed. Output and exit code are those of curl --fail-with-body.
`,
  lists: `
Examples:
  act-on-token lists
  act-on-token lists --format ndjson | jq -r .id
`,
  records: `
Examples:
  act-on-token records l-0001 > newsletter.csv
  act-on-token records l-0001 --format ndjson -o newsletter.ndjson

A thousand records with each call, five calls a second at most. A run that is stopped says how many it printed: --from leaves those
out. With -o it need not be said: FILE.place knows until all are there.
`,
  completion: `
Examples:
  bash   act-on-token completion bash > ~/.local/share/bash-completion/completions/act-on-token
  zsh    act-on-token completion zsh > ~/.zfunc/_act-on-token     (with ~/.zfunc in $fpath)
  fish   act-on-token completion fish > ~/.config/fish/completions/act-on-token.fish
`,
};

/** Follows the options of a command. */
export function examples(command: string): string {
  return byCommand[command] ?? '';
}
