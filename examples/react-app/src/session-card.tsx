import { type ActOnToken, useActOnToken } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { Countdown } from './countdown.tsx';

interface Words {
  readonly badge: string;
  readonly tone: 'good' | 'busy' | 'bad';
  readonly text: string;
}

/**
 * How the session stands, live: the hook renders again when anything about it changes, in this tab
 * or in another one.
 */
export function SessionCard({ isRequesting }: { isRequesting: boolean }): ReactElement {
  const token = useActOnToken();
  const { badge, tone, text } = wordsFor(token, isRequesting);
  return (
    <section className="card" aria-labelledby="session">
      <h2 id="session">Session</h2>
      <p className="status" role="status">
        <span className={`badge ${tone}`}>{badge}</span> {text}
      </p>
      <dl className="facts">
        <dt>Access token</dt>
        <dd>
          <Countdown until={token.expiresAt} />
        </dd>
        <dt>Sign-ins this hour</dt>
        <dd>
          <Budget {...token.grants} />
        </dd>
      </dl>
    </section>
  );
}

function wordsFor({ status, error }: ActOnToken, isRequesting: boolean): Words {
  if (error?.code === 'outcome_unknown') {
    return {
      badge: 'Healing',
      tone: 'busy',
      text: 'A reply of Act-On got lost. In half a minute the broker asks once more.',
    };
  }
  if (status === 'authorized')
    return { badge: 'Signed in', tone: 'good', text: 'Requests go straight through.' };
  if (status === 'refreshing' || (status === 'expired' && isRequesting)) {
    return {
      badge: 'Renewing',
      tone: 'busy',
      text: 'The broker gets a new token; requests wait for it.',
    };
  }
  return { badge: 'Lapsed', tone: 'busy', text: 'The next request renews it.' };
}

function Budget({ used, limit, nextAt }: ActOnToken['grants']): ReactElement {
  const dots = Array.from({ length: limit }, (_, index) => (index < used ? 'used' : 'free'));
  return (
    <>
      <span className="dots" aria-hidden="true">
        {dots.map((kind, index) => (
          <i key={index} className={kind} />
        ))}
      </span>
      {used} of {limit}
      {nextAt !== null &&
        `, next at ${new Date(nextAt).toLocaleTimeString('en-GB', { timeStyle: 'short' })}`}
    </>
  );
}
