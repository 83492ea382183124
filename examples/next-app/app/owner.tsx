import type { ReactElement } from 'react';
import { signedIn } from '../server/signed-in';

/** A server component: it asks Act-On while the page is rendered. */
export async function Owner(): Promise<ReactElement | null> {
  const { session, account } = await signedIn();
  if (session === null) return null;
  const response = await session.fetch('/api/1/account');
  const { account_name: company } = (await response.json()) as { account_name?: string };
  return (
    <p className="quiet" id="owner">
      {account.name} of {company ?? 'Act-On'}, as the server found out.{' '}
      <a href="/lists.csv" download>
        Lists as a file
      </a>
    </p>
  );
}
