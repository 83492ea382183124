import type { Counters, LedgerEntry } from '@act-on-token/emulator';
import type { ReactElement } from 'react';
import { outcomeWords } from '../model/words.ts';
import { duration } from './time.ts';

interface LedgerProps {
  readonly entries: readonly LedgerEntry[];
  readonly counters: Counters;
  readonly startedAt: number;
}

/** So many of the last requests show; the counters count all. */
const shown = 20;

/** What came in at Act-On: the proof of what the rest of the page only claims. */
export function Ledger({ entries, counters, startedAt }: LedgerProps): ReactElement {
  const { password, refresh_token: refresh } = counters.grants;
  return (
    <section className="card" aria-labelledby="ledger">
      <h2 id="ledger">What Act-On saw</h2>
      <dl className="counters">
        <dt>refreshes sent</dt>
        <dd>{refresh.sent}</dd>
        <dt>refreshes granted</dt>
        <dd>{refresh.granted}</dd>
        <dt>sign-ins sent</dt>
        <dd>{password.sent}</dd>
        <dt>most requests at once</dt>
        <dd>{counters.concurrentTokenRequests.peak}</dd>
        <dt>spent tokens seen again</dt>
        <dd>{counters.replays}</dd>
      </dl>
      <table>
        <thead>
          <tr>
            <th scope="col">at</th>
            <th scope="col">grant</th>
            <th scope="col">with</th>
            <th scope="col">outcome</th>
          </tr>
        </thead>
        <tbody>
          {entries.slice(-shown).map((entry) => (
            <tr key={entry.number}>
              <td className="time">{duration(entry.at - startedAt)}</td>
              <td>{entry.grantType === 'refresh_token' ? 'refresh' : 'sign-in'}</td>
              <td>{entry.token?.replace('_', ' ') ?? 'password'}</td>
              <td>{outcomeWords(entry)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
