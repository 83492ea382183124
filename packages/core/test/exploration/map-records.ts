import type { Attempt } from '../../src/machine.ts';
import type { AccountRecord, Claim } from '../../src/record.ts';
import type { Call, Process, Stored, Thread, World } from './world.ts';

/** How time changes what is kept of it. */
interface Passing {
  record(record: AccountRecord): AccountRecord;
  /** What an attempt remembers of its own claim, which nobody else can change. */
  claim?(claim: Claim): Claim;
}

type Change = <R extends AccountRecord | null>(record: R) => R;

/**
 * Time passes for every copy of a record alike: the store's, its backup's, and those that processes
 * keep.
 */
export function mapRecords(world: World, passing: Passing): World {
  const changed: Change = (record) =>
    record === null ? record : (passing.record(record) as typeof record);
  const inAttempt = (mine: Attempt): Attempt => ({
    ...mine,
    claim: passing.claim?.(mine.claim) ?? mine.claim,
    record: changed(mine.record),
  });
  return {
    ...world,
    store: inStored(world.store, changed),
    backup: world.backup && inStored(world.backup, changed),
    writes: world.writes.map((call) => inCall(call, changed)),
    processes: world.processes.map((process) => inProcess(process, changed, inAttempt)),
  };
}

const inStored = (stored: Stored, changed: Change): Stored => ({
  ...stored,
  record: changed(stored.record),
});
const inCall = (call: Call, changed: Change): Call => ({ ...call, record: changed(call.record) });

function inProcess(
  process: Process,
  changed: Change,
  inAttempt: (mine: Attempt) => Attempt,
): Process {
  const { held, unsaved, threads } = process;
  return {
    ...process,
    held: held && inStored(held, changed),
    unsaved: unsaved && {
      ...unsaved,
      mine: inAttempt(unsaved.mine),
      record: changed(unsaved.record),
    },
    threads: threads.map((thread) => inThread(thread, changed, inAttempt)),
  };
}

function inThread(thread: Thread, changed: Change, inAttempt: (mine: Attempt) => Attempt): Thread {
  const next = thread.call === null ? thread : { ...thread, call: inCall(thread.call, changed) };
  return 'mine' in next ? { ...next, mine: inAttempt(next.mine) } : next;
}
