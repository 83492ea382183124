import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Life } from '../../judge/evidence.ts';
import { readHistory } from '../../judge/history.ts';
import { plainEnv } from '../../support/processes.ts';
import type { Setup } from '../worker/setup.ts';
import { sleep } from './sockets.ts';

/** A place among the processes. When one that has it dies, another takes it. */
export interface Post {
  readonly name: string;
  readonly command: readonly string[];
  readonly store: Setup['store'];
}

/** One process that runs. */
export interface Worker {
  readonly name: string;
  /** The number of its post. */
  readonly post: number;
  readonly diary: string;
  isPaused: boolean;
}

interface Process extends Worker {
  readonly child: ChildProcess;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
  ending: Life['ending'];
  endedAt: number;
  /** What it said to standard error: nothing, unless it has a defect. */
  complaint: string;
}

/**
 * How long a process may take to end by itself: its sessions try for a lease to save what the store
 * does not take.
 */
const patience = 60_000;

/** All workers: starts them, starts them again, and can do to them what happens to processes. */
export class Fleet {
  readonly #posts: readonly Post[];
  readonly #setup: Omit<Setup, 'name' | 'diary' | 'store'>;
  readonly #folder: string;
  readonly #all: Process[] = [];
  readonly #restarts = new Set<Promise<void>>();
  #isEnding = false;

  constructor(
    posts: readonly Post[],
    setup: Omit<Setup, 'name' | 'diary' | 'store'>,
    folder: string,
  ) {
    this.#posts = posts;
    this.#setup = setup;
    this.#folder = folder;
    for (const post of posts.keys()) this.#start(post, 1);
  }

  /** The number of posts. */
  get size(): number {
    return this.#posts.length;
  }

  /** Those that run and are not paused. */
  get awake(): readonly Worker[] {
    return this.#all.filter(({ ending, isPaused }) => ending === 'did not end' && !isPaused);
  }

  find(name: string): Worker | undefined {
    return this.awake.find((worker) => worker.name === name);
  }

  /** SIGKILL. Resolves when it is gone; another one takes its post after `rest` milliseconds. */
  async kill(worker: Worker, rest: number): Promise<void> {
    const process = worker as Process;
    if (process.ending !== 'did not end') return;
    process.ending = 'killed';
    process.child.kill('SIGKILL');
    await process.gone;
    const restart = sleep(rest).then(() => this.#start(process.post, lifeOf(process.name) + 1));
    this.#restarts.add(restart);
    void restart.finally(() => this.#restarts.delete(restart));
  }

  /**
   * SIGSTOP, and SIGCONT after `pause` milliseconds: from a shell, so that it comes even if this
   * process dies. Resolves when it runs again.
   */
  async pause(worker: Worker, pause: number): Promise<void> {
    const { child } = worker as Process;
    worker.isPaused = true;
    child.kill('SIGSTOP');
    const alarm = spawn(
      'sh',
      ['-c', 'sleep "$1"; kill -CONT "$0"', `${child.pid}`, `${pause / 1_000}`],
      { stdio: 'ignore' },
    );
    await new Promise((resolve) => alarm.once('exit', resolve));
    child.kill('SIGCONT');
    worker.isPaused = false;
  }

  /** Lets all end by themselves. Resolves when all are gone. */
  async end(): Promise<void> {
    await Promise.all(this.#restarts);
    this.#isEnding = true;
    const running = this.#all.filter(({ ending }) => ending === 'did not end');
    for (const { child } of running) child.stdin?.end();
    const timer = setTimeout(() => this.killAll(), patience);
    await Promise.all(running.map(({ gone }) => gone));
    clearTimeout(timer);
  }

  /** At once, and without a word: nothing of it must outlive a tester. */
  killAll(): void {
    this.#isEnding = true;
    for (const { child } of this.#all) child.kill('SIGKILL');
  }

  /** What all of them wrote. */
  lives(): Life[] {
    return this.#all.map(({ name, ending, endedAt, diary }) => ({
      name,
      ending,
      endedAt,
      lines: linesIn(diary),
    }));
  }

  /** What those said to standard error that should have said nothing. */
  complaints(): string[] {
    return this.#all.flatMap(({ name, complaint }) =>
      complaint === '' ? [] : [`${name}: ${complaint.trim()}`],
    );
  }

  #start(post: number, life: number): void {
    const {
      name: place = '',
      command = [],
      store = { type: 'file', directory: '' },
    } = this.#posts[post] ?? {};
    const name = `${place}.${life}`;
    const diary = join(this.#folder, `${name}.jsonl`);
    const setup: Setup = { ...this.#setup, name, diary, store };
    const [file = '', ...args] = command;
    const env = { ...plainEnv(this.#folder), CHAOS: JSON.stringify(setup) };
    const child = spawn(file, args, { env, stdio: ['pipe', 'ignore', 'pipe'] });
    child.stdin.on('error', () => {});
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const started: Process = {
      name,
      post,
      diary,
      isPaused: false,
      child,
      gone,
      ending: 'did not end',
      endedAt: 0,
      complaint: '',
    };
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      started.complaint += text;
    });
    child.once('error', (error) => {
      started.complaint += error.message;
    });
    child.once('exit', (code) => this.#note(started, code));
    this.#all.push(started);
  }

  /**
   * Who dies by itself while nobody asked it to has a defect. Nobody takes its place, so that it
   * cannot go unnoticed.
   */
  #note(ended: Process, code: number | null): void {
    ended.endedAt = Date.now();
    if (ended.ending === 'killed' || (this.#isEnding && code === null)) return;
    ended.ending = this.#isEnding && code === 0 ? 'closed' : 'died by itself';
  }
}

const lifeOf = (name: string): number => Number(name.split('.').at(-1));

function linesIn(diary: string): Life['lines'] {
  try {
    return readHistory(readFileSync(diary, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // Killed before it could begin.
    throw error;
  }
}
