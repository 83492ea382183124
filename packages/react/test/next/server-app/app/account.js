'use client';

import { createBrokerSession } from '@act-on-token/broker/client';
import { useEffect, useState } from 'react';

const session = createBrokerSession({ url: '/auth' });

/** What a page sees of Act-On through the broker. */
export function Account() {
  const [seen, setSeen] = useState('…');
  useEffect(() => {
    const look = async () => {
      await session.ready();
      if (session.getSnapshot().needsGrant) return setSeen('signed out');
      const response = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
      setSeen(`${response.status}, ${(await response.json()).result.length} lists`);
    };
    look().catch((error) => setSeen(error.message));
  }, []);
  return (
    <>
      <p id="seen">{seen}</p>
      <a href={session.loginUrl('/')}>Sign in</a>
    </>
  );
}
