const units: ReadonlyArray<
  readonly [unit: Intl.RelativeTimeFormatUnit, milliseconds: number, upTo: number]
> = [
  ['second', 1_000, 90_000],
  ['minute', 60_000, 90 * 60_000],
  ['hour', 3_600_000, 36 * 3_600_000],
  ['day', 86_400_000, Number.POSITIVE_INFINITY],
];

/** How far away a moment is: "in 52 minutes", "3 hours ago". Both times in epoch milliseconds. */
export function fromNow(at: number, now: number): string {
  const distance = at - now;
  const [unit, length] = units.find(([, , upTo]) => Math.abs(distance) < upTo) ?? [
    'day',
    86_400_000,
  ];
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(
    Math.round(distance / length),
    unit,
  );
}

/** A moment as this machine's clock on the wall shows it: "2026-11-22 14:03:12". */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
