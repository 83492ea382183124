import { countLists } from '../lists';

export default async function Page() {
  return <p>{await countLists()} lists</p>;
}
