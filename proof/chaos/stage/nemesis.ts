import type { Action, Step } from '../plan.ts';
import type { Battlefield, WarDiary } from './battlefield.ts';
import { sleep } from './sockets.ts';
import { breakHttp, slowHttp } from './strike-http.ts';
import { killHolder, killOther, pauseHolder, pauseOther } from './strike-process.ts';
import { strikeStore } from './strike-store.ts';

/** How long the nemesis goes on, and with what. */
export interface Campaign {
  readonly plan: Iterable<Step>;
  isOver(): boolean;
  /** Whether there is time left for this. */
  fits(action: Action): boolean;
}

/**
 * Does what a plan says; then lets what began come to its end. What is done to whom is the plan's
 * choice; when it strikes depends on what the processes do, and on the machine.
 */
export async function rage(
  { plan, isOver, fits }: Campaign,
  field: Battlefield,
  diary: WarDiary,
): Promise<void> {
  for (const { wait, action } of plan) {
    await sleep(wait);
    if (isOver()) break;
    if (fits(action)) diary.begin(strike(action, field, diary));
  }
  await diary.end();
}

async function strike(action: Action, field: Battlefield, diary: WarDiary): Promise<void> {
  switch (action.type) {
    case 'kill_holder':
      return killHolder(action, field, diary);
    case 'kill_other':
      return killOther(action, field, diary);
    case 'pause_holder':
      return pauseHolder(action, field, diary);
    case 'pause_other':
      return pauseOther(action, field, diary);
    case 'http_refused':
    case 'http_answer_lost':
    case 'http_answer_cut':
      return breakHttp(action, field, diary);
    case 'http_slow':
      return slowHttp(action, field, diary);
    default:
      return strikeStore(action, field, diary);
  }
}
