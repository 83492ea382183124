import type { Exchange } from '../../judge/evidence.ts';
import type { Action } from '../plan.ts';
import type { Battlefield, WarDiary } from './battlefield.ts';
import { sleep } from './sockets.ts';
import type { WireTrap } from './wire.ts';

const fates = {
  http_refused: 'refused',
  http_answer_lost: 'lost',
  http_answer_cut: 'cut',
} as const;

/** The connection of the next token request breaks. */
export function breakHttp(
  { type }: { readonly type: keyof typeof fates },
  { wire }: Battlefield,
  diary: WarDiary,
): void {
  const note = ({ worker, account }: Exchange): void =>
    diary.note(type, Date.now(), worker, account);
  const fate = fates[type];
  const trap: WireTrap = fate === 'refused' ? { fate, before: note } : { fate, after: note };
  diary.set(wire.arm(trap));
}

/** The next token request, or its answer, takes its time. */
export function slowHttp(
  { side, delay }: Extract<Action, { type: 'http_slow' }>,
  { wire }: Battlefield,
  diary: WarDiary,
): void {
  const wait = async ({ worker, account }: Exchange): Promise<void> => {
    const at = Date.now();
    await sleep(delay);
    diary.note('http_slow', at, worker, account);
  };
  const trap: WireTrap =
    side === 'before' ? { fate: 'whole', before: wait } : { fate: 'whole', after: wait };
  diary.set(wire.arm(trap));
}
