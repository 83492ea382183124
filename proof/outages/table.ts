import { asMarkdown } from '../../tooling/figures.ts';
import { type Kind, kinds, type Outcome } from './outage.ts';

export interface Length {
  readonly name: string;
  readonly duration: number;
}

const aMinute = 60_000;
export const lengths: readonly Length[] = [
  { name: '5 s', duration: 5_000 },
  { name: '31 s', duration: 31_000 },
  { name: '1 min', duration: aMinute },
  { name: '10 min', duration: 10 * aMinute },
  { name: '60 min', duration: 60 * aMinute },
];

/** The worst of several runs, figure by figure. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  const most = (figure: (outcome: Outcome) => number): number => Math.max(...outcomes.map(figure));
  return {
    usableAfter: most(({ usableAfter }) => usableAfter),
    requests: most(({ requests }) => requests),
    grants: most(({ grants }) => grants),
  };
}

/** A line for each kind, a column for each length: seconds until usable, requests, grants. */
export function table(worst: (kind: Kind, length: Length) => Outcome): string {
  const head = ['answered with', ...lengths.map(({ name }) => name)];
  const rows = kinds.map((kind) => [kind, ...lengths.map((length) => cell(worst(kind, length)))]);
  return asMarkdown([head, ...rows]);
}

function cell({ usableAfter, requests, grants }: Outcome): string {
  const seconds = Number.isFinite(usableAfter)
    ? `${(usableAfter / 1_000).toFixed(1)} s`
    : 'not within a day';
  return `${seconds}, ${requests}, ${grants}`;
}
