import type { Session, Snapshot } from '@act-on-token/core';
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useReducer,
  useRef,
  useState,
} from 'react';
import { useSession } from '../provider.ts';
import { Actions } from './actions.tsx';
import { type Row, reportOf } from './report.ts';
import { style } from './style.ts';
import { clockTime, detailsOf } from './texts.ts';
import { useFingerprint } from './use-fingerprint.ts';
import { longestTimeline, type Timeline, useTimeline } from './use-timeline.ts';

export interface PanelProps {
  session?: Session | undefined;
  initiallyOpen?: boolean | undefined;
  nonce?: string | undefined;
}

/** The button in the corner, and the panel that it opens. */
export default function Panel({
  session: given,
  initiallyOpen = false,
  nonce,
}: PanelProps): ReactElement {
  const session = useSession('ActOnTokenDevtools', given);
  const [isOpen, setOpen] = useState(initiallyOpen);
  const { opener, heading } = useFocusThatFollows(isOpen);
  const snapshot = useLatestSnapshot(session, isOpen);
  const timeline = useTimeline(
    session,
    () => reportOf(session, session.getSnapshot(), '').events,
    () => reportOf(session, session.getSnapshot(), '').now,
  );
  const { version } = reportOf(session, snapshot, '');
  const report = reportOf(session, snapshot, useFingerprint(session, version));
  const [title, panel] = [useId(), useId()];
  const closeOnEscape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    setOpen(false);
  };
  return (
    <div data-act-on-token-devtools="" data-status={snapshot.status}>
      <style nonce={nonce}>{style}</style>
      {!isOpen && (
        <button
          type="button"
          ref={opener}
          data-part="opener"
          aria-expanded={false}
          onClick={() => setOpen(true)}
        >
          <span data-part="dot" aria-hidden="true" />
          <span>
            Act-On <span data-part="hidden">devtools, the session is </span>
            {snapshot.status}
          </span>
        </button>
      )}
      {isOpen && (
        <section role="dialog" id={panel} aria-labelledby={title} onKeyDown={closeOnEscape}>
          <header>
            <div>
              <h2 id={title} ref={heading} tabIndex={-1}>
                Act-On session
              </h2>
              <p>{report.kind}</p>
            </div>
            <button
              type="button"
              aria-label="Close"
              data-part="close"
              onClick={() => setOpen(false)}
            >
              <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="2" />
              </svg>
            </button>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key. */}
          <section data-part="content" aria-label="Details of the session" tabIndex={0}>
            <States status={snapshot.status} />
            {report.left !== null && (
              <div data-part="life" aria-hidden="true">
                <i style={{ width: `${report.left * 100}%` }} />
              </div>
            )}
            <Actions session={session} snapshot={snapshot} hasTokens={report.hasTokens} />
            <Rows title="State" rows={report.state} />
            <Rows title="Record" rows={report.record} />
            <Events timeline={timeline} />
          </section>
        </section>
      )}
    </div>
  );
}

const states = ['idle', 'authorized', 'refreshing', 'expired'] as const;

function States({ status }: { status: string }): ReactElement {
  return (
    <ol data-part="states" aria-label="States">
      {states.map((state) => (
        <li key={state} data-state={state} aria-current={state === status ? 'true' : undefined}>
          {state}
        </li>
      ))}
    </ol>
  );
}

function Part({
  title,
  beside,
  children,
}: {
  title: string;
  beside?: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <section data-part="part">
      <div data-part="title">
        <h3>{title}</h3>
        {beside}
      </div>
      {children}
    </section>
  );
}

function Rows({ title, rows }: { title: string; rows: readonly Row[] }): ReactElement {
  return (
    <Part title={title}>
      <dl>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}

function Events({ timeline: { entries, clear } }: { timeline: Timeline }): ReactElement {
  const button = (
    <button type="button" data-part="clear" aria-label="Clear events" onClick={clear}>
      Clear
    </button>
  );
  return (
    <Part title="Events" beside={entries.length > 0 ? button : null}>
      {entries.length === 0 ? (
        <p>None yet.</p>
      ) : (
        <ol data-part="events" aria-label={`Events, the latest first, at most ${longestTimeline}`}>
          {entries.map(({ id, at, event }) => (
            <li key={id}>
              <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
              <span>
                <b>{event.type}</b> {detailsOf(event)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Part>
  );
}

/** Renders again with every change and event, and each second while times are shown. */
function useLatestSnapshot(session: Session, isOpen: boolean): Snapshot {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const stops = [session.subscribe(again), session.on(again)];
    again();
    return () => {
      for (const stop of stops) stop();
    };
  }, [session]);
  useEffect(() => {
    if (!isOpen) return;
    const timer = setInterval(again, 1000);
    return () => clearInterval(timer);
  }, [isOpen]);
  return session.getSnapshot();
}

/** Opening moves the focus into the panel, closing back to the button; nothing else moves it. */
function useFocusThatFollows(isOpen: boolean) {
  const opener = useRef<HTMLButtonElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current === isOpen) return;
    wasOpen.current = isOpen;
    (isOpen ? heading : opener).current?.focus();
  }, [isOpen]);
  return { opener, heading };
}
