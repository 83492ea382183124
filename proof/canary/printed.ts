import { format, inspect } from 'node:util';

/** Everything that a program could print of a value, by the way in which it would. */
export function printed(value: unknown): [way: string, text: string][] {
  return [
    ['util.inspect, all of it', inspect(value, everything)],
    ['console.log', format('%s %o %O %j', value, value, value, harmless(value))],
    ['String', attempt(() => String(value))],
    ['JSON.stringify', attempt(() => JSON.stringify(value) ?? '')],
    ['structuredClone', attempt(() => inspect(structuredClone(value), everything))],
    ['stack', String((value as { stack?: unknown } | null | undefined)?.stack ?? '')],
    ['every property, up the prototypes', [...members(value, new Set())].join('\n')],
  ];
}

const everything = {
  depth: Number.POSITIVE_INFINITY,
  showHidden: true,
  getters: true,
  maxArrayLength: null,
  maxStringLength: null,
  compact: false,
};

/** What a value refuses with may say too much as well. */
function attempt(print: () => string): string {
  try {
    return print();
  } catch (error) {
    return inspect(error, everything);
  }
}

/** `%j` throws for what JSON cannot hold. */
function harmless(value: unknown): unknown {
  try {
    JSON.stringify(value);
    return value;
  } catch {
    return null;
  }
}

/**
 * Names, symbols and values, getters asked, at any depth. What iterates is asked for its members
 * too.
 */
function* members(value: unknown, seen: Set<unknown>): Generator<string> {
  if (typeof value === 'string' || typeof value === 'symbol') yield String(value);
  if (value === null || !['object', 'function'].includes(typeof value) || seen.has(value)) return;
  seen.add(value);
  const holder = value as object;
  if (
    holder instanceof Map ||
    holder instanceof Set ||
    holder instanceof Headers ||
    holder instanceof URLSearchParams
  )
    for (const member of holder) yield* members(member, seen);
  for (const owner of lineOf(holder)) {
    for (const name of Reflect.ownKeys(owner)) {
      yield String(name);
      yield* members(memberOf(holder, owner, name), seen);
    }
  }
}

/**
 * The value of a property as the holder has it; getters of other objects' prototypes may refuse.
 */
function memberOf(holder: object, owner: object, name: PropertyKey): unknown {
  try {
    const value: unknown = Reflect.get(owner, name, holder);
    // A getter that is asked of a prototype may refuse later: nobody waits for that here.
    if (value instanceof Promise) value.catch(() => {});
    return value;
  } catch (error) {
    return error;
  }
}

function* lineOf(holder: object): Generator<object> {
  for (
    let owner: object | null = holder;
    owner !== null && owner !== Object.prototype && owner !== Function.prototype;
    owner = Reflect.getPrototypeOf(owner)
  )
    yield owner;
}
