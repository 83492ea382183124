'use client';

import { type ReactElement, useState } from 'react';
import { countLists } from './actions';

/** Calls a server action. */
export function Count(): ReactElement {
  const [count, setCount] = useState<number | null>();
  return (
    <button type="button" onClick={async () => setCount(await countLists())}>
      {count == null ? 'Count on the server' : `${count} lists, says the server`}
    </button>
  );
}
