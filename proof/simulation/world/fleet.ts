import type { Life as LifeStory } from '../../judge/evidence.ts';
import type { Random } from '../../support/random.ts';
import { Life, Machine } from './life.ts';
import { type Habits, Program } from './program.ts';
import { drawRhythm } from './rhythm.ts';
import type { World } from './world.ts';

interface Post {
  readonly machine: Machine;
  readonly habits: Habits;
  program: Program | null;
}

/**
 * A process that ends when it is asked to may take that long: it waits for requests under way, and
 * tries what the store did not take for a lease.
 */
const mostToClose = 15 * 60_000;

/** The machines, and the processes that come and go on them. */
export class Fleet {
  readonly #world: World;
  readonly #random: Random;
  readonly #posts: readonly Post[];
  readonly #programs: { readonly program: Program; readonly killedAt: () => number | null }[] = [];
  readonly #killed = new Map<string, number>();
  #isOver = false;

  /** All that run. */
  get programs(): readonly Program[] {
    return this.#posts.flatMap(({ program }) => (program?.life.isAlive ? [program] : []));
  }

  constructor(world: World, processes: number) {
    this.#world = world;
    this.#random = world.random.programs;
    this.#posts = Array.from({ length: processes }, (_, index) => this.#post(`p${index + 1}`));
    for (const post of this.#posts)
      world.timeline.after(this.#random.below(5_000), () => this.#start(post));
  }

  anyProgram(): Program | null {
    const [first, ...rest] = this.#posts.flatMap(({ program }) =>
      program?.life.runs ? [program] : [],
    );
    return first === undefined ? null : this.#world.random.nemesis.pick([first, ...rest]);
  }

  anyLife(): Life | null {
    return this.anyProgram()?.life ?? null;
  }

  /** Nothing is ended well. Another process takes the place some time later. */
  kill(life: Life, later: number): void {
    const post = this.#posts.find(({ program }) => program?.life === life);
    life.kill();
    this.#killed.set(life.name, this.#world.timeline.now);
    this.#world.wire.abandon(life.name);
    if (post === undefined) return;
    post.program = null;
    this.#world.timeline.after(later, () => this.#start(post));
  }

  /**
   * A new version is rolled out: the old process is asked to end, and the new one does not wait for
   * that.
   */
  restart(life: Life | null): void {
    const post = this.#posts.find(({ program }) => program !== null && program.life === life);
    if (post === undefined || life === null) return;
    if (post.habits.isWorker) {
      this.kill(life, this.#random.below(10_000));
      return;
    }
    post.program?.close();
    post.program = null;
    this.#world.timeline.after(this.#random.below(10_000), () => this.#start(post));
  }

  /** Asks everybody to end; resolves when all have, or should have. */
  async end(): Promise<void> {
    const { timeline } = this.#world;
    this.#isOver = true;
    for (const { program } of this.#posts) {
      if (program?.isWorker) this.kill(program.life, 0);
      else program?.life.deliver(() => program.close());
    }
    for (const post of this.#posts) post.program = null;
    const isOver = ({ life }: Program): boolean => !life.isAlive || life.closedAt !== null;
    await timeline.pass(timeline.now + mostToClose, () =>
      this.#programs.every(({ program }) => isOver(program)),
    );
    await timeline.pass(timeline.now + 2_000);
  }

  stories(): LifeStory[] {
    const { log, crashes, timeline } = this.#world;
    return this.#programs.map(({ program, killedAt }) => {
      const { name } = program.life;
      const ending = crashes.has(name)
        ? 'died by itself'
        : program.endedAt !== null
          ? 'closed'
          : killedAt() !== null
            ? 'killed'
            : 'did not end';
      const endedAt = program.endedAt ?? killedAt() ?? timeline.now;
      return { name, ending, endedAt, lease: program.life.lease, lines: log.linesOf(name) };
    });
  }

  #start(post: Post): void {
    if (post.program !== null || this.#isOver) return;
    const life = new Life(this.#world.timeline, post.machine, post.habits.requestTimeout);
    const program = new Program(this.#world, life, post.habits);
    post.program = program;
    this.#programs.push({ program, killedAt: () => this.#killed.get(life.name) ?? null });
    this.#world.log.note(life.name, 'started');
  }

  #post(name: string): Post {
    const random = this.#random;
    const skew =
      random.below(3) === 0 ? random.between(-3_600_000, 3_600_000) : random.between(-2_000, 2_000);
    const machine = new Machine(name, skew, random.between(-200, 200) / 1e6);
    const users = this.#world.users.filter(() => random.below(5) > 0);
    const isWorker = random.below(6) === 0;
    const habits: Habits = {
      isPool: random.below(2) > 0,
      options: {
        autoRefresh: !isWorker && random.below(4) === 0,
        onUnknown: random.below(8) === 0 ? 'stop' : 'probe',
        ...(random.below(3) === 0 ? { refreshAhead: random.between(0, 1_200_000) } : {}),
        ...(random.below(3) === 0 ? { minRefreshInterval: random.pick([0, 10_000, 600_000]) } : {}),
      },
      requestTimeout: random.pick(this.#world.requestTimeouts),
      hasCredentials: random.below(5) > 0,
      isWatching: !isWorker && random.below(3) === 0,
      isWorker,
      hasWaitUntil: random.below(2) > 0,
      isNewer: random.below(5) === 0,
      rhythms: new Map(users.map((user) => [user.name, drawRhythm(random)])),
    };
    return { machine, habits, program: null };
  }
}
