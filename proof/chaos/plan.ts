import { createRandom, type Random } from '../support/random.ts';
import type { StoreName } from './options.ts';

/** At which point of an exchange its holder is struck. */
export type Stage =
  /**
   * The claim is in the record, the request has not left. Only where the store is reached over a
   * wire.
   */
  | 'claimed'
  /** The request is on its way and never arrives. */
  | 'sent'
  /** The server has carried it out, and nobody has heard of it. */
  | 'processed'
  /** The answer is there, and perhaps not in the record yet. */
  | 'answered';

/** One choice of the nemesis. `who` picks among those who live then; times are milliseconds. */
export type Action =
  | { readonly type: 'kill_holder'; readonly stage: Stage; readonly delay: number }
  | { readonly type: 'kill_other'; readonly who: number }
  | { readonly type: 'pause_holder'; readonly stage: Stage; readonly pause: number }
  | { readonly type: 'pause_other'; readonly who: number; readonly pause: number }
  | { readonly type: 'http_refused' | 'http_answer_lost' | 'http_answer_cut' }
  | { readonly type: 'http_slow'; readonly side: 'before' | 'after'; readonly delay: number }
  | { readonly type: 'store_restart'; readonly down: number }
  | { readonly type: 'store_answer_lost' | 'store_answer_cut' | 'store_cut'; readonly who: number }
  | {
      readonly type: 'store_slow';
      readonly who: number;
      readonly delay: number;
      readonly duration: number;
    }
  | { readonly type: 'store_frozen'; readonly who: number; readonly duration: number };

export interface Step {
  /** Milliseconds to wait before it. */
  readonly wait: number;
  readonly action: Action;
}

export interface PlanOptions {
  readonly seed: number;
  /** A file has no wire that could break. */
  readonly store: StoreName;
  readonly lease: number;
  readonly requestTimeout: number;
  /** Milliseconds between two choices, on average. */
  readonly pace: number;
}

/** How many cards of each sort lie in a deck. */
const deck: Readonly<Record<Action['type'], number>> = {
  kill_holder: 10,
  kill_other: 2,
  pause_holder: 1,
  pause_other: 1,
  http_refused: 2,
  http_answer_lost: 6,
  http_answer_cut: 3,
  http_slow: 4,
  store_restart: 1,
  store_answer_lost: 8,
  store_answer_cut: 2,
  store_cut: 1,
  store_slow: 2,
  store_frozen: 1,
};

/**
 * An endless sequence of choices, the same for the same seed. All sorts come in every deck: none is
 * left to luck.
 */
export function* plan(options: PlanOptions): Generator<Step, never> {
  const random = createRandom(options.seed);
  const types = Object.keys(deck) as Action['type'][];
  const usable = types.filter((type) => options.store !== 'file' || !type.startsWith('store_'));
  const cards = usable.flatMap((type) => Array.from({ length: deck[type] }, () => type));
  for (;;) {
    for (const type of random.shuffled(cards))
      yield { wait: random.between(0, 2 * options.pace), action: actionOf(type, random, options) };
  }
}

function actionOf(
  type: Action['type'],
  random: Random,
  { store, lease, requestTimeout }: PlanOptions,
): Action {
  const who = random.below(1_000);
  const stages: readonly [Stage, ...Stage[]] =
    store !== 'file'
      ? ['claimed', 'sent', 'processed', 'answered']
      : ['sent', 'processed', 'answered'];
  const pastLease = (): number => lease + random.between(500, 4_000);
  switch (type) {
    case 'kill_holder':
      return { type, stage: random.pick(stages), delay: random.below(4) };
    case 'kill_other':
      return { type, who };
    case 'pause_holder':
      return { type, stage: random.pick(stages), pause: pastLease() };
    case 'pause_other':
      return { type, who, pause: pastLease() };
    case 'http_slow':
      return {
        type,
        side: random.pick(['before', 'after']),
        delay: slowness(random, requestTimeout),
      };
    case 'store_restart':
      return { type, down: random.between(0, 2_000) };
    case 'store_slow':
      return { type, who, delay: random.between(20, 800), duration: random.between(1_000, 4_000) };
    case 'store_frozen':
      return { type, who, duration: random.between(500, 4_000) };
    case 'store_answer_lost':
    case 'store_answer_cut':
    case 'store_cut':
      return { type, who };
    default:
      return { type };
  }
}

/**
 * Mostly a request that is answered in time all the same; one in four is given up before. Never so
 * late that another one may be under way.
 */
function slowness(random: Random, requestTimeout: number): number {
  return random.below(4) > 0
    ? random.between(50, requestTimeout / 2)
    : random.between(requestTimeout, 4 * requestTimeout);
}
