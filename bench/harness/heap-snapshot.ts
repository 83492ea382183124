import { getHeapSnapshot } from 'node:v8';

/**
 * A thing in the heap: `object Account`, `string`, `number` and so on, and the name under which
 * something holds it.
 */
export interface Thing {
  readonly kind: string;
  readonly heldAs: string;
  readonly bytes: number;
}

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: string[];
      readonly node_types: [string[]];
      readonly edge_fields: string[];
      readonly edge_types: [string[]];
    };
  };
  readonly nodes: number[];
  readonly edges: number[];
  readonly strings: string[];
}

/** Every thing in this process's heap. */
export async function* thingsInHeap(): AsyncGenerator<Thing> {
  const chunks: Buffer[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(chunk as Buffer);
  const snapshot: Snapshot = JSON.parse(Buffer.concat(chunks).toString());
  const { nodes, strings } = snapshot;
  const { node_fields, node_types } = snapshot.snapshot.meta;
  const [name, size] = [node_fields.indexOf('name'), node_fields.indexOf('self_size')];
  const holders = nameOfHolders(snapshot);
  for (let at = 0, id = 0; at < nodes.length; at += node_fields.length, id += 1) {
    const type = node_types[0][nodes[at] ?? 0] ?? '';
    const kind =
      type === 'object' || type === 'closure' ? `${type} ${strings[nodes[at + name] ?? 0]}` : type;
    yield { kind, heldAs: holders[id] ?? '', bytes: nodes[at + size] ?? 0 };
  }
}

/** For each thing the first name under which another holds it; elements of lists have none. */
function nameOfHolders({ nodes, edges, strings, snapshot: { meta } }: Snapshot): string[] {
  const holders: string[] = [];
  const width = meta.node_fields.length;
  const edgeCount = meta.node_fields.indexOf('edge_count');
  for (let at = 0, edge = 0; at < nodes.length; at += width) {
    for (
      let left = nodes[at + edgeCount] ?? 0;
      left > 0;
      left -= 1, edge += meta.edge_fields.length
    ) {
      const type = meta.edge_types[0][edges[edge] ?? 0];
      const isNamed = type === 'property' || type === 'internal' || type === 'context';
      const to = (edges[edge + 2] ?? 0) / width;
      if (isNamed && !holders[to]) holders[to] = strings[edges[edge + 1] ?? 0] ?? '';
    }
  }
  return holders;
}
