import { type ReactElement, useEffect, useState } from 'react';
import { log } from './demo.ts';
import type { LogEntry } from './log-entry.ts';

/** What Act-On saw: the proof of what the page only claims. */
export function ActOnLog(): ReactElement {
  const entries = useLog();
  return (
    <section className="card" aria-labelledby="log">
      <h2 id="log">What Act-On saw</h2>
      <ol className="log">
        {entries.map(({ number, request, token, outcome }) => (
          <li key={number}>
            <code>{request}</code> <span className="quiet">{token}</span>{' '}
            <span className="outcome">{outcome}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function useLog(): readonly LogEntry[] {
  const [entries, setEntries] = useState<readonly LogEntry[]>([]);
  useEffect(() => {
    let isHere = true;
    const look = (): void => {
      if (document.visibilityState === 'visible')
        log().then(
          (next) => isHere && setEntries(next),
          () => {},
        );
    };
    const timer = setInterval(look, 1000);
    look();
    return () => {
      isHere = false;
      clearInterval(timer);
    };
  }, []);
  return entries;
}
