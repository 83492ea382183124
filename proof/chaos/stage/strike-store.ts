import type { Action } from '../plan.ts';
import type { Battlefield, WarDiary } from './battlefield.ts';
import type { Worker } from './fleet.ts';
import type { Fate, Link } from './link.ts';
import { sleep } from './sockets.ts';

type StoreAction = Extract<Action, { type: `store_${string}` }>;

/** Something happens to the server, or between it and one of the workers. */
export async function strikeStore(
  action: StoreAction,
  field: Battlefield,
  diary: WarDiary,
): Promise<void> {
  if (action.type === 'store_restart') return restart(action.down, field, diary);
  const { awake } = field.fleet;
  const worker = awake[action.who % Math.max(awake.length, 1)];
  const link = field.links[worker?.post ?? -1];
  if (worker === undefined || link === undefined) return;
  await strikeLink(action, worker, link, diary);
}

async function restart(down: number, { server }: Battlefield, diary: WarDiary): Promise<void> {
  if (server === null) return;
  const at = Date.now();
  await server.restart(down);
  diary.note('store_restart', at, null, null);
}

async function strikeLink(
  action: Exclude<StoreAction, { type: 'store_restart' }>,
  worker: Worker,
  link: Link,
  diary: WarDiary,
): Promise<void> {
  const at = Date.now();
  switch (action.type) {
    case 'store_cut':
      link.cut();
      break;
    case 'store_slow':
      link.slow(action.delay);
      await sleep(action.duration);
      link.slow(0);
      break;
    case 'store_frozen': {
      const thaw = link.freeze();
      await sleep(action.duration);
      thaw();
      break;
    }
    default:
      return loseAnswer(action.type, worker, link, diary);
  }
  diary.note(action.type, at, worker.name, null);
}

/** The answer of the next swap that is carried out does not arrive, or half of it does. */
function loseAnswer(
  type: 'store_answer_lost' | 'store_answer_cut',
  worker: Worker,
  link: Link,
  diary: WarDiary,
): void {
  const fate: Fate = type === 'store_answer_lost' ? 'lost' : 'cut';
  const strike = (): Fate => {
    diary.note(type, Date.now(), worker.name, null);
    return fate;
  };
  diary.set(link.arm({ matches: () => true, strike }));
}
