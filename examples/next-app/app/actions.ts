'use server';

import { sendOn, signedIn } from '../server/signed-in';

/** Counts the person's lists on the server; `null` if no user is signed in. */
export async function countLists(): Promise<number | null> {
  const { session, cookies } = await signedIn();
  if (session === null) return null;
  const response = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
  await sendOn(cookies);
  return (await response.json()).totalCount;
}
