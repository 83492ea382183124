import { useActOnToken } from '@act-on-token/react';
import type { ReactElement } from 'react';
import type { Stage, TabView } from '../stage.ts';
import { left } from './time.ts';

interface TabProps {
  readonly tab: TabView;
  readonly now: number;
  readonly isPlaying: boolean;
}

type Deed = 'ask' | 'signIn' | 'signOut' | 'kill' | 'open';

export function TabCard({ stage, ...props }: TabProps & { stage: Stage }): ReactElement {
  const { name, isDead } = props.tab;
  const act = (deed: Deed): void =>
    stage.act(({ tabs }) => tabs.find((tab) => tab.name === name)?.[deed]());
  return isDead ? <DeadTab {...props} act={act} /> : <LiveTab {...props} act={act} />;
}

/** What an app would know of its session: all of it comes from the hook. */
function LiveTab({ tab, now, isPlaying, act }: TabProps & { act(deed: Deed): void }): ReactElement {
  const { status, reason, usable, needsGrant, expiresAt, saved, signingIn, error } = useActOnToken(
    tab.session,
  );
  const heading = `tab-${tab.name}`;
  return (
    <section className="card tab" aria-labelledby={heading}>
      <h2 id={heading}>Tab {tab.name}</h2>
      <p>
        <span className={`badge ${status}`}>{status}</span>{' '}
        {reason !== null && <span>{reason}</span>} {signingIn && 'signing in'}
      </p>
      <dl>
        <Fact name="usable" value={usable} isGood={usable} />
        <Fact name="needsGrant" value={needsGrant} isGood={!needsGrant} />
        <Fact name="saved" value={saved} isGood={saved} />
        <dt>expires in</dt>
        <dd>{left(expiresAt, now)}</dd>
        <dt>error</dt>
        <dd>{error?.code ?? 'none'}</dd>
        <dt>last call</dt>
        <dd>{tab.waiting > 0 ? 'waits …' : (tab.last ?? 'none yet')}</dd>
      </dl>
      <fieldset disabled={isPlaying}>
        <legend className="unseen">Tab {tab.name}</legend>
        <button type="button" onClick={() => act('ask')}>
          Get a token
        </button>
        {needsGrant && (
          <button type="button" onClick={() => act('signIn')}>
            Sign in
          </button>
        )}
        <button type="button" onClick={() => act('signOut')}>
          Sign out
        </button>
        <button type="button" onClick={() => act('kill')}>
          Kill this tab
        </button>
      </fieldset>
      <h3>It told</h3>
      <ul className="told">
        {tab.events.map((event, index) => (
          <li key={tab.events.length - index}>{event}</li>
        ))}
      </ul>
    </section>
  );
}

function Fact({
  name,
  value,
  isGood,
}: {
  name: string;
  value: boolean;
  isGood: boolean;
}): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isGood ? 'good' : 'bad'}>{value ? 'yes' : 'no'}</dd>
    </>
  );
}

function DeadTab({
  tab: { name },
  isPlaying,
  act,
}: TabProps & { act(deed: Deed): void }): ReactElement {
  const heading = `tab-${name}`;
  return (
    <section className="card tab dead" aria-labelledby={heading}>
      <h2 id={heading}>Tab {name}</h2>
      <p>
        <span className="badge expired">killed</span>
      </p>
      <p className="quiet">
        It could not say good-bye: what it had claimed stays claimed until its lease is over.
      </p>
      <fieldset disabled={isPlaying}>
        <legend className="unseen">Tab {name}</legend>
        <button type="button" onClick={() => act('open')}>
          Open again
        </button>
      </fieldset>
    </section>
  );
}
