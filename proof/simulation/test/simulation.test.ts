import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Run {
  readonly code: number;
  readonly text: string;
}

/** `npm run simulate`, in a process of its own: in it there is no real time and no real chance. */
function simulate(...args: readonly string[]): Promise<Run> {
  const command = [
    '--import',
    at('../../../tooling/from-source.ts'),
    at('../main.ts'),
    '--weeks',
    '1',
    '--accounts',
    '2',
    ...args,
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, command, (error, out, complaints) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: out + complaints });
    });
  });
}

const printOf = ({ text }: Run): string | undefined =>
  /print of the last seed: (\w+)/.exec(text)?.[1];

describe('a simulation', { timeout: 300_000 }, () => {
  it('plays the same seed to the letter, breaks no promise in it, and plays another seed differently', async () => {
    const first = await simulate('--seed', '1');
    const again = await simulate('--seed', '1');
    const other = await simulate('--seed', '2');
    expect(printOf(first), first.text).toMatch(/^[0-9a-f]{16}$/);
    expect(printOf(again)).toBe(printOf(first));
    expect(printOf(other)).not.toBe(printOf(first));
    for (const { code, text } of [first, again, other]) expect(code, text).toBe(0);
  });

  it('breaks no promise in a store whose reads lag, and finds out one that loses what it acknowledged', async () => {
    const lagging = await simulate('--seed', '1', '--store', 'lagging');
    const losing = await simulate('--seed', '1', '--store', 'losing');
    const lastWriterWins = await simulate('--seed', '1', '--store', 'last-writer-wins');
    expect(lagging.code, lagging.text).toBe(0);
    expect(losing.text).toMatch(/^seed 1 broke/);
    expect(lastWriterWins.text).toMatch(/^seed 1 broke/);
  });

  it('finds that a store does not compare versions, says what led to it, and finds it again by the command that it prints', async () => {
    const found = await simulate('--seed', '1', '--without', 'version-check');
    expect(found.text).toContain('broke rules');
    expect(found.text).toContain('what led to it:');
    expect(found.code, found.text).toBe(1);
    const command = /again: npm run simulate -- (.+)/.exec(found.text)?.[1] ?? '';
    const again = await simulate(...command.split(' '));
    expect(printOf(again)).toBe(printOf(found));
  });
});
