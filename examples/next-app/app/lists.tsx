'use client';

import { useActOnTokenSelector } from '@act-on-token/react';
import { type ReactElement, useEffect, useState } from 'react';

interface List {
  readonly id: string;
  readonly name: string;
  /** As Act-On sends it. */
  readonly sourceSize: string;
}

export function Lists(): ReactElement {
  const fetch = useActOnTokenSelector((token) => token.fetch);
  const [lists, setLists] = useState<readonly List[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const leaving = new AbortController();
    const load = async (): Promise<void> => {
      const response = await fetch('/api/1/list?listingtype=CONTACT_LIST', {
        signal: leaving.signal,
      });
      if (!response.ok) throw new Error(`Act-On answered ${response.status}.`);
      setLists((await response.json()).result);
    };
    load().catch((reason: Error) => leaving.signal.aborted || setProblem(reason.message));
    return () => leaving.abort();
  }, [fetch]);

  if (problem !== undefined) return <p role="alert">{problem}</p>;
  if (lists === undefined) return <p className="quiet">Loading the lists …</p>;
  return (
    <ul>
      {lists.map(({ id, name, sourceSize }) => (
        <li key={id}>
          {name} <span className="quiet">{sourceSize} contacts</span>
        </li>
      ))}
    </ul>
  );
}
