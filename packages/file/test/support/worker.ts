// One process of many on one directory; what it is to do, it is told by its environment.
import { actOnEndpoint, createSession, type TokenStore } from '@act-on-token/core';
import { type Disk, localDisk } from '../../src/disk.ts';
import { fileStoreOn } from '../../src/file-store.ts';
import { increment } from './increment.ts';

export type Task =
  /** Adds one to the number under `key`, so many times. */
  | { readonly type: 'count'; readonly key: string; readonly times: number }
  /** Adds one, but stops for ever before (or after) the n-th call of this method of the disk. */
  | {
      readonly type: 'stop';
      readonly key: string;
      readonly at: keyof Disk;
      readonly nth: number;
      readonly isDone: boolean;
    }
  /** Tells each change of `key`. */
  | { readonly type: 'watch'; readonly key: string }
  /**
   * At each message asks for a token with so many callers at once, on a session that knows nothing
   * yet.
   */
  | {
      readonly type: 'ask';
      readonly callers: number;
      readonly account: string;
      readonly endpoint: Parameters<typeof actOnEndpoint>[0];
    };

export interface Setup {
  readonly directory: string;
  readonly task: Task;
}

export type Message =
  | { readonly type: 'ready' | 'stopped' | 'changed' | 'asked' }
  | { readonly type: 'answered'; readonly tokens: string[]; readonly failures: string[] };

const { directory, task }: Setup = JSON.parse(process.env.SETUP ?? '{}');
const tell = (message: Message) => process.send?.(message);
// Lives for as long as somebody may send something, and no longer by anything that the store does.
process.on('message', () => {});

if (task.type === 'count')
  for (let i = 0; i < task.times; i += 1) await increment(open(), task.key);
if (task.type === 'stop') await increment(open(stopping(task.at, task.nth, task.isDone)), task.key);
if (task.type === 'watch') open().watch(task.key, () => tell({ type: 'changed' }));
if (task.type === 'ask') process.on('message', ask(task));
if (task.type === 'count') process.disconnect();
else tell({ type: 'ready' });

function open(disk: Disk = localDisk): TokenStore {
  return fileStoreOn(disk, { directory });
}

/**
 * Nothing is killed in the end: if the store left anything open, the process would not end by
 * itself.
 */
function ask({ callers, account, endpoint }: Extract<Task, { type: 'ask' }>): () => Promise<void> {
  const store = open();
  return async () => {
    const session = createSession({ endpoint: actOnEndpoint(endpoint), account, store });
    const calls = Array.from({ length: callers }, () => session.getAccessToken());
    tell({ type: 'asked' });
    const results = await Promise.allSettled(calls);
    const tokens = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [String(result.reason)] : [],
    );
    await session.close();
    tell({ type: 'answered', tokens, failures });
  };
}

function stopping(at: keyof Disk, nth: number, isDone: boolean): Disk {
  let calls = 0;
  const method = localDisk[at] as (...args: string[]) => Promise<unknown>;
  const stop = async (...args: string[]) => {
    calls += 1;
    if (calls !== nth) return method(...args);
    if (isDone) await method(...args);
    tell({ type: 'stopped' });
    return new Promise(() => {});
  };
  return { ...localDisk, [at]: stop };
}
