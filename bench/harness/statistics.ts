/** Of several measurements: the one in the middle, and how far they lie apart. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Throws a RangeError where nothing was measured. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

/** The median, the least and the greatest. Throws a RangeError where nothing was measured. */
export function figureOf(values: readonly number[]): Figure {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}
