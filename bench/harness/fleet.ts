import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('fleet-member.ts', import.meta.url));

/** Starts processes that prepare, waits until all are ready, lets them go at once, and gives what each of them returned. */
export async function fleet<Result>(task: string, inputs: readonly unknown[]): Promise<Result[]> {
  const members = inputs.map((input) => fork(program, [task, JSON.stringify(input)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }));
  try {
    await Promise.all(members.map(next));
    for (const member of members) member.send('go');
    return (await Promise.all(members.map(next))) as Result[];
  } finally {
    for (const member of members) member.kill('SIGKILL');
  }
}

/** The next message of a member; rejects if it ends without one. */
async function next(member: ChildProcess): Promise<unknown> {
  const end = once(member, 'exit').then(() => Promise.reject(new Error('A process of the fleet ended before its time.')));
  end.catch(() => {});
  const [message] = await Promise.race([once(member, 'message'), end]);
  return message;
}
