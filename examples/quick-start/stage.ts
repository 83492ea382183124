import type { LedgerEntry, ServedEmulator } from '@act-on-token/emulator';

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold: (text: string) => string = paint(1);
export const dim: (text: string) => string = paint(2);
export const good: (text: string) => string = paint(32);
export const bad: (text: string) => string = paint(31);
const blue = paint(36);

/**
 * What the audience sees: numbered scenes, and after each line the token requests that it caused.
 */
export interface Stage {
  scene(title: string): void;
  say(text: string): void;
}

export function createStage({ ledger }: ServedEmulator): Stage {
  let scenes = 0;
  let shown = 0;
  const tellRequests = (): void => {
    const fresh = ledger.entries.filter(
      ({ number, route, outcome }) => number > shown && route === 'token' && outcome !== 'open',
    );
    for (const entry of fresh) console.log(`     ${lineOf(entry)}`);
    shown = ledger.entries.at(-1)?.number ?? 0;
  };
  return {
    scene(title) {
      scenes += 1;
      console.log(`\n${bold(`${String(scenes).padStart(2)}. ${title}`)}`);
    },
    say(text) {
      tellRequests();
      console.log(`    ${text}`);
    },
  };
}

function lineOf({ grantType, token, outcome, status, replayed }: LedgerEntry): string {
  const answer =
    outcome === 'dropped' ? bad('reply lost') : status === 200 ? good('200') : bad(String(status));
  const carried = token === null ? '' : dim(` (${token}${replayed ? ', sent before' : ''})`);
  return `${blue('→ POST /token')} ${grantType}${carried} ${answer}`;
}

/** What the emulator counted: the proof. */
export function printLedger({ ledger, user, client }: ServedEmulator): void {
  const { grants, replays, attempts, secretsInUrl, concurrentTokenRequests, apiCalls } =
    ledger.counters();
  const { used = 0, left = 5 } = attempts[`${client.id} ${user.username}`] ?? {};
  const rows: [string, string][] = [
    ['password grants', `${grants.password.sent}`],
    ['refreshes sent / granted', `${grants.refresh_token.sent} / ${grants.refresh_token.granted}`],
    [
      'refresh tokens sent twice',
      `${replays} ${dim('(the probe after the lost reply, and it was answered)')}`,
    ],
    ['token requests at once, at most', `${concurrentTokenRequests.peak}`],
    ['hourly grants used now', `${used} of ${used + left}`],
    ['API calls', `${apiCalls}`],
    ['secrets in URLs', `${secretsInUrl}`],
  ];
  console.log(`\n${bold('What Act-On saw')}`);
  for (const [label, value] of rows) console.log(`    ${label.padEnd(34)}${value}`);
  console.log('');
}
