import { type SimulationOptions, wholeCommandOf } from './options.ts';

/** The page of figures, by the run that has just ended. */
export function page(options: SimulationOptions, lines: readonly string[]): string {
  const command = `${wholeCommandOf(options)} --write`;
  return `${before}
    ${command}

${lines.map((line) => `    ${line}`).join('\n')}

${after}`;
}

const before = `# Weeks of many processes in seconds, and the same again

Everything runs in one process: sessions and pools as they are, a store, and the emulator's own core behind a \`fetch\`. Time is
simulated. Each program has a machine with a wall clock that is wrong by something, and a monotonic clock that runs a little fast or
slow; every call to the store and every request is under way for some time. One thing happens after the other, and whatever code does
in answer to it is over before the next thing happens. All chance comes from the seed, the library's own too, and reading a real
clock is an error. So a seed plays the same run to the letter, and its print says whether it did. The file is written by the command below.
`;

const after = `How many account-years pass in a minute depends on the machine and on what else it does.

## What happens

Callers come all day, in office hours, on the hour with many at once, or hours apart; some want a token that lives long, some lose
patience, some call the API. Programs hold sessions or a pool, refresh ahead by timer or not, with credentials or without; people sign in
when they are told to, now and then with a typing error. Whether Act-On kills a pair whose spent token comes again, and whether a new
access token kills the one before, is drawn for each seed, because nobody knows.

| sort | what happens |
| --- | --- |
| kill, restart | a process is gone at once, or is asked to end while its successor starts |
| pause, sleep | a process runs nothing while the world goes on, often for about a lease; asleep its monotonic clock stands still too. On waking it finds overdue timers and what came in, in either order |
| clock_forward, clock_back | a wall clock is set, by up to three hours |
| http | a connection that is refused; a request or an answer that never arrives; a connection that breaks after, or within, the answer; a gateway's page in place of the answer; requests and answers that are slow; 429 |
| store | requests or answers that get lost, with an error or without a word; slow answers; a store that is down, and refuses or stays silent |
| server | Act-On is down for up to four hours, or is started again and remembers everything |
| competitor | another installation signs in as the same user, again and again for some hours |
| revoked, password_changed, signed_out | somebody takes all tokens back; changes the password, and the configuration some time later; signs out |

Nearly all faults strike around an exchange with the token endpoint, which takes a moment in an hour: between the claim and a lease after it.

## What the judge goes by

The judge is the one of \`npm run chaos\` (chaos.md), with the same rules. Here it can look at record and server at one moment: whenever
a record was written and whenever the server carried out a request, the record has the pair that works or says that it may not be.
Three hours after the last fault every account must have a token, or a need of a person; "come back later" is no answer any more.

## The control: a library without one of its safeguards

\`--without <name>\` loads the sources with one line taken out. A seed that breaks a rule is printed with what led to it, and with the
command that plays it again.

## What it found

Three faults of the library, mended since; each has a test of its own now.

- A process that was told that a refresh token is dead, and whose store stayed down for longer than a lease after that, forgot it, and
  sent the token once more when the store was back.
- A process whose wall clock was set back handed a token out for as much longer.
- A look at the record that began after a claim and reached the store before it hid that claim when its answer came last: the verdict on the
  token was then taken for somebody else's business, and not written.
`;
