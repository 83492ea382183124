import { listTypes } from './api/contact-list.ts';
import {
  aBoolean,
  check,
  type Demand,
  isObject,
  objectOf,
  oneOf,
  optional,
  texts,
} from './check.ts';
import { switchNames } from './check-switches.ts';
import { hostInUrl } from './control/who-may.ts';
import { profiles } from './profiles/profiles.ts';
import type { ServeOptions } from './serve.ts';
import type { Switches } from './settings.ts';

const aName: Demand = {
  isMet: (value) => typeof value === 'string' && value.trim() !== '',
  must: 'be a text that is not empty',
};
const aHost: Demand = {
  isMet: (value) =>
    typeof value === 'string' &&
    !/[\s/?#@%\\[\]]/.test(value) &&
    URL.canParse(`http://${hostInUrl(value)}`),
  must: 'be an IP address or a host name, without a port',
};
const aFunction: Demand = { isMet: (value) => typeof value === 'function', must: 'be a function' };

function whole(least: number, most: number): Demand {
  const isMet = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  return { isMet, must: `be a whole number from ${least} to ${most}` };
}

function listOf(demand: Demand): Demand {
  return {
    isMet: (value) => Array.isArray(value) && value.every((item) => demand.isMet(item)),
    must: `be a list, and each of it ${demand.must}`,
  };
}

const uris: Demand = {
  isMet: (value) =>
    texts.isMet(value) &&
    (value as string[]).every((uri) => URL.canParse(uri) && !/[#\s]/.test(uri)),
  must: 'be a list of absolute URLs without a fragment',
};

const aClient = objectOf(
  { id: aName, secret: aName, redirectUris: optional(uris), codeGrantEnabled: optional(aBoolean) },
  'hold "id", "secret" and maybe "redirectUris" and "codeGrantEnabled"',
);
const aUser = objectOf(
  { username: aName, password: aName, account: optional(aName), apiEnabled: optional(aBoolean) },
  'hold "username", "password" and maybe "account" and "apiEnabled"',
);
const aList = objectOf(
  {
    id: optional(aName),
    name: aName,
    type: optional(oneOf(...listTypes)),
    headers: optional(texts),
    rows: optional(listOf(texts)),
  },
  'hold "name" and maybe "id", "type", "headers" and "rows"',
);

/** What all options but the switches must be. */
export const optionDemands: Readonly<Record<Exclude<keyof ServeOptions, keyof Switches>, Demand>> =
  {
    profile: oneOf(...Object.keys(profiles)),
    now: aFunction,
    seed: aName,
    clients: listOf(aClient),
    users: listOf(aUser),
    lists: listOf(aList),
    redirectUris: uris,
    codeGrantEnabled: aBoolean,
    state: { isMet: isObject, must: 'be what exportState() gave' },
    ledgerLimit: whole(0, 1_000_000_000),
    port: whole(0, 65_535),
    hostname: aHost,
    control: aBoolean,
  };

/**
 * Throws a TypeError that names the option, for a value that it cannot have and for a name that is
 * a misspelling of one.
 */
export function checkOptions(options: unknown): void {
  if (!isObject(options)) throw new TypeError('an emulator takes an object of options');
  for (const [name, demand] of Object.entries(optionDemands))
    check(name, options[name], optional(demand));
  const known: readonly string[] = [...Object.keys(optionDemands), ...switchNames];
  for (const name of Object.keys(options)) {
    const meant = known.includes(name)
      ? undefined
      : known.find((each) => isMisspelt(name, each, options));
    if (meant !== undefined)
      throw new TypeError(`there is no option "${name}"; it must be "${meant}"`);
  }
}

/**
 * As other packages see it: only case, separators or one letter differ, or the order of the
 * letters.
 */
function isMisspelt(
  name: string,
  known: string,
  given: Readonly<Record<string, unknown>>,
): boolean {
  const lettersOf = (text: string): string => text.replace(/[\W_]/g, '').toLowerCase();
  const [letters, wanted] = [lettersOf(name), lettersOf(known)];
  if (letters === wanted) return true;
  if (
    wanted.length < 5 ||
    letters[0] !== wanted[0] ||
    (letters === `${wanted}s` && given[known] !== undefined)
  )
    return false;
  let missing = wanted;
  for (const letter of letters) missing = missing.replace(letter, '');
  return missing.length < 2 && letters.length - wanted.length + missing.length < 2;
}
