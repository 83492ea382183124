import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServedEmulator } from '@act-on-token/emulator';
import type { Message, Setup } from './worker.ts';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

export interface Processes {
  /** Lets each process ask for a token this many times at once. Resolves with all that they got. */
  ask(callers: number): Promise<string[]>;
  /** Resolves with the exit codes, once all have ended by themselves. */
  end(): Promise<unknown[]>;
}

/** Starts processes that share an account through the database `file`. */
export function startProcesses(count: number, file: string, actOn: ServedEmulator): Processes {
  const { client, user, url: baseUrl } = actOn;
  const setup: Setup = {
    file,
    baseUrl,
    clientId: client.id,
    clientSecret: client.secret,
    account: user.username,
  };
  const env = { ...process.env, SETUP: JSON.stringify(setup) };
  const processes = Array.from({ length: count }, () => fork(worker, { env }));
  return {
    async ask(callers) {
      // Act-On's answer is held until every process has asked, so that all of them meet the same
      // refresh.
      const hold = actOn.faults.arm({ route: 'token', kind: 'hold' });
      const asked = processes.map((each) => next(each, 'asked'));
      const answered = processes.map((each) => next(each, 'answered'));
      for (const each of processes) each.send(callers);
      await Promise.all([...asked, hold.reached()]);
      hold.release();
      return (await Promise.all(answered)).flatMap(({ tokens }) => tokens);
    },
    async end() {
      const codes = processes.map((each) => once(each, 'exit').then(([code]) => code as unknown));
      for (const each of processes) each.disconnect();
      return Promise.all(codes);
    },
  };
}

/** The next message of this type. */
function next<Type extends Message['type']>(
  from: ChildProcess,
  type: Type,
): Promise<Extract<Message, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error('A process ended early.'));
    from.once('exit', fail).on('message', function listen(message) {
      if ((message as Message).type !== type) return;
      from.off('exit', fail).off('message', listen);
      resolve(message as Extract<Message, { type: Type }>);
    });
  });
}
