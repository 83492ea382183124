// Row 7: milliseconds to import a package, in a process that has imported nothing before but this
// file.
import { loadPeer } from '../peers/load.ts';

export async function measure({
  name,
  isPeer,
}: {
  name: string;
  isPeer: boolean;
}): Promise<number> {
  const start = performance.now();
  await (isPeer ? loadPeer(name) : import(name));
  return performance.now() - start;
}
