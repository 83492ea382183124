/**
 * What a value from outside has to be. A program that is not type-checked can hand over anything,
 * and so can a request.
 */
export interface Demand {
  isMet(value: unknown): boolean;
  /** Completes the sentence "it must …". */
  readonly must: string;
}

/** Throws a TypeError that names the value and says what it must be. */
export function check(name: string, value: unknown, demand: Demand): void {
  if (!demand.isMet(value)) throw new TypeError(`"${name}" must ${demand.must}`);
}

export function oneOf(...values: readonly unknown[]): Demand {
  return { isMet: (value) => values.includes(value), must: `be one of ${values.join(', ')}` };
}

export function numberIn(least: number, most: number, must: string): Demand {
  return { isMet: (value) => typeof value === 'number' && value >= least && value <= most, must };
}

export function orNull(demand: Demand): Demand {
  return {
    isMet: (value) => value === null || demand.isMet(value),
    must: `${demand.must}, or null`,
  };
}

export const aBoolean: Demand = oneOf(true, false);
export const aText: Demand = { isMet: (value) => typeof value === 'string', must: 'be a text' };
export const aNumber: Demand = {
  isMet: (value) => typeof value === 'number' && !Number.isNaN(value),
  must: 'be a number',
};
export const finite: Demand = {
  isMet: Number.isFinite,
  must: 'be a finite number of milliseconds',
};
export const texts: Demand = {
  isMet: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  must: 'be a list of texts',
};

export type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with these members and no others. */
export function objectOf(demands: Readonly<Record<string, Demand>>, must: string): Demand {
  const isMet = (value: unknown): boolean =>
    isObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(demands, name)) &&
    Object.entries(demands).every(([name, demand]) => demand.isMet(value[name]));
  return { isMet, must };
}

/** For a member that may be left out. */
export function optional(demand: Demand): Demand {
  return { isMet: (value) => value === undefined || demand.isMet(value), must: demand.must };
}
