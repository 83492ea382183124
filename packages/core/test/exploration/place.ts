import type { Fact, Setting } from './setting.ts';
import { timeAt } from './times.ts';
import { type Thread, type World, withThread } from './world.ts';

/** A thread in its world. */
export interface Place {
  readonly setting: Setting;
  readonly world: World;
  readonly process: number;
  readonly thread: number;
}

/** What its process takes for the store's time. */
export const nowAt = ({ setting, world, process }: Place): number =>
  timeAt(world) + (process % 2) * setting.habits.skew;

/** What the thread does next if nothing comes in between. */
export function tell(
  { setting, process }: Place,
  what: string,
  next: World,
  fact: Fact | null = null,
): void {
  setting.tell({ sure: true, what, process, next, fact });
}

/** What may happen to it instead. */
export function tellChance(
  { setting, process }: Place,
  what: string,
  next: World,
  fact: Fact | null = null,
): void {
  setting.tell({ sure: false, what, process, next, fact });
}

/** `world` with this thread replaced; `null`: it ends. */
export const become = ({ process, thread }: Place, world: World, next: Thread | null): World =>
  withThread(world, process, thread, next);
