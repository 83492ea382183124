import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nextMessage } from '../../proof/support/processes.ts';

const program = fileURLToPath(new URL('fleet-member.ts', import.meta.url));

/**
 * Starts processes that prepare, waits until all are ready, lets them go at once, and gives what
 * each of them returned.
 */
export async function fleet<Result>(task: string, inputs: readonly unknown[]): Promise<Result[]> {
  const members = inputs.map((input) =>
    fork(program, [task, JSON.stringify(input)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
  );
  try {
    await Promise.all(members.map((member) => nextMessage(member)));
    for (const member of members) member.send('go');
    return (await Promise.all(members.map((member) => nextMessage(member)))) as Result[];
  } finally {
    for (const member of members) member.kill('SIGKILL');
  }
}
