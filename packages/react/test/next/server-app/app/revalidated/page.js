import { countLists } from '../lists';

export const revalidate = 86400;

export default async function Page() {
  return <p>{await countLists()} lists</p>;
}
