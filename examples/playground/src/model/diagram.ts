import { type Happening, type TabName, tabNames } from './happening.ts';
import type { Change } from './record.ts';

/** The lifelines, from left to right. */
export const lanes = [...tabNames, 'record', 'Act-On'] as const;
export type Lane = (typeof lanes)[number];
export type Tone = 'claim' | 'request' | 'good' | 'bad' | 'plain';

/** One line of the sequence diagram: an arrow, or a mark on one lifeline. */
export interface Stroke {
  readonly from: number;
  /** The same as `from`: a mark. */
  readonly to: number;
  readonly tone: Tone;
  /** The arrow does not reach its end. */
  readonly isCut: boolean;
}

const record = lanes.indexOf('record');
const actOn = lanes.indexOf('Act-On');
const laneOf = (tab: TabName): number => lanes.indexOf(tab);

/** Where the middle of a lifeline stands, as a share of the width. */
export const middleOf = (lane: number): number => (lane + 0.5) / lanes.length;

const stroke = (from: number, to: number, tone: Tone, isCut = false): Stroke => ({
  from,
  to,
  tone,
  isCut,
});

/** How it is drawn; `null`: it has no place of its own and goes across. */
export function strokeOf(happening: Happening): Stroke | null {
  switch (happening.type) {
    case 'changed':
      return stroke(laneOf(happening.tab), record, toneOf(happening.change));
    case 'beaten':
    case 'store_refused':
      return stroke(
        laneOf(happening.tab),
        record,
        happening.type === 'beaten' ? 'plain' : 'bad',
        true,
      );
    case 'request':
      return stroke(laneOf(happening.tab), actOn, 'request');
    case 'request_lost':
      return stroke(laneOf(happening.tab), actOn, 'bad', true);
    case 'reply':
      return stroke(actOn, laneOf(happening.tab), happening.status < 300 ? 'good' : 'bad');
    case 'reply_lost':
    case 'reply_for_nobody':
      return stroke(actOn, laneOf(happening.tab), 'bad', true);
    case 'reply_held':
    case 'reply_let_go':
      return stroke(actOn, actOn, 'claim');
    case 'other_signed_in':
      return stroke(actOn, actOn, 'bad');
    case 'world':
      return null;
    default:
      return stroke(laneOf(happening.tab), laneOf(happening.tab), markOf(happening.type));
  }
}

function toneOf({ type }: Change): Tone {
  if (type === 'claimed') return 'claim';
  if (type === 'signed_in' || type === 'renewed') return 'good';
  return type === 'ended' ? 'bad' : 'plain';
}

function markOf(
  type: 'asked' | 'opened' | 'killed' | 'served' | 'refused' | 'told' | 'given_up',
): Tone {
  if (type === 'served') return 'good';
  return type === 'killed' || type === 'refused' || type === 'given_up' ? 'bad' : 'plain';
}
