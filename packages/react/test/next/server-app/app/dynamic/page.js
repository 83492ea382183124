import { countLists } from '../lists';

export const dynamic = 'force-dynamic';

export default async function Page() {
  return <p>{await countLists()} lists</p>;
}
