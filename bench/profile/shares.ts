interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** As `--cpu-prof` writes it. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface HeapNode {
  readonly callFrame: Frame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** As `--heap-prof` writes it. */
export interface HeapProfile {
  readonly head: HeapNode;
}

/** A function and its share of the whole, from 0 to 1. */
export interface Share {
  readonly place: string;
  readonly share: number;
}

/** What functions took by themselves, in microseconds. */
export function selfTime({ nodes, samples, timeDeltas }: CpuProfile): Map<string, number> {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const sums = new Map<string, number>();
  samples.forEach((id, at) => {
    add(sums, places.get(id) ?? '', timeDeltas[at] ?? 0);
  });
  sums.delete('(idle)');
  return sums;
}

/** What functions allocated by themselves, in bytes. */
export function selfBytes({ head }: HeapProfile): Map<string, number> {
  const sums = new Map<string, number>();
  const visit = ({ callFrame, selfSize, children }: HeapNode): void => {
    add(sums, placeOf(callFrame), selfSize);
    for (const child of children) visit(child);
  };
  visit(head);
  return sums;
}

/** The largest shares, the largest first; none below a hundredth. */
export function top(sums: ReadonlyMap<string, number>, count: number): Share[] {
  const whole = [...sums.values()].reduce((sum, value) => sum + value, 0);
  const shares = [...sums].map(([place, value]) => ({ place, share: value / whole }));
  return shares
    .filter(({ share }) => share >= 0.01)
    .sort((a, b) => b.share - a.share)
    .slice(0, count);
}

function add(sums: Map<string, number>, place: string, value: number): void {
  sums.set(place, (sums.get(place) ?? 0) + value);
}

/** The function, and the file from its package on. Frames of the engine itself have none. */
function placeOf({ functionName, url, lineNumber }: Frame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  const file = url
    .replace(/^.*\/(?=packages\/|bench\/|tooling\/)/, '')
    .replace(/^.*\/node_modules\//, '');
  return file === '' ? name : `\`${name}\` ${file}:${lineNumber + 1}`;
}
