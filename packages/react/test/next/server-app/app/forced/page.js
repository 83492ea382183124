import { createCounter } from '../lists';

export const dynamic = 'force-static';

/**
 * Not that of the other pages: with its token in memory, they would ask for none while the app is
 * built.
 */
const countLists = createCounter();

export default async function Page() {
  return <p>{await countLists()} lists</p>;
}
