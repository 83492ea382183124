import { describe, expect, it } from 'vitest';
import { selfBytes, selfTime, top } from '../profile/shares.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 });

describe('a profile', () => {
  it('sums up what a function took by itself, wherever it was called, without idle time', () => {
    const nodes = [
      { id: 1, callFrame: frame('read', 'file:///home/somebody/packages/core/dist/index.js') },
      { id: 2, callFrame: frame('read', 'file:///home/somebody/packages/core/dist/index.js') },
      { id: 3, callFrame: frame('(idle)') },
    ];
    const sums = selfTime({ nodes, samples: [1, 2, 3], timeDeltas: [10, 20, 100] });
    expect([...sums]).toEqual([['`read` packages/core/dist/index.js:10', 30]]);
  });

  it('sums up what a function allocated by itself', () => {
    const child = { callFrame: frame('parse'), selfSize: 30, children: [] };
    const head = { callFrame: frame(''), selfSize: 10, children: [child, child] };
    expect(top(selfBytes({ head }), 1)).toEqual([{ place: 'parse', share: 60 / 70 }]);
  });
});
