import {
  aText,
  check,
  type Demand,
  finite,
  isObject,
  numberIn,
  objectOf,
  oneOf,
  optional,
  texts,
} from '../check.ts';
import { aRevocation } from '../revoke.ts';
import type { Fault, FaultKind } from './fault.ts';

type Demands = Readonly<Record<string, Demand>>;

const when = optional(oneOf('before', 'after'));
const milliseconds: Demand = numberIn(0, Number.MAX_VALUE, 'be a number of milliseconds');
const status: Demand = {
  isMet: (value) => isWholeNumber(value, 200, 599),
  must: 'be a whole number from 200 to 599',
};

/** Fields of each kind of fault, in addition to those that every fault may have. */
const kinds: Readonly<Record<FaultKind, Demands>> = {
  delay: { ms: milliseconds, when },
  hold: { when },
  clock_jump: { ms: finite, when },
  revoke: { what: optional(aRevocation), when },
  drop_before: {},
  drop_after: {},
  truncate: { cut: optional(oneOf('body', 'connection')) },
  status: { status, body: optional(oneOf('json', 'html')), when },
  too_many_requests: {
    retryAfter: optional({ isMet: isRetryAfter, must: 'be a number of seconds, a date or a text' }),
  },
  bad_body: {
    body: { isMet: isBody, must: 'be a text, an object or a function' },
    without: optional(texts),
  },
  wrong_content_type: { contentType: optional(aText) },
  redirect: { location: optional(aText), status: optional(oneOf(301, 302, 303, 307, 308)), when },
  unauthorized: {},
};

const grantType = oneOf('password', 'authorization_code', 'refresh_token');
const name = optional({ isMet: (value) => value === null || typeof value === 'string', must: '' });
const request = { method: name, path: name, grantType: name, client: name, user: name };
const target: Demands = {
  kind: oneOf(...Object.keys(kinds)),
  route: oneOf('token', 'authorize', 'api'),
  grantType: optional(grantType),
  match: optional({
    isMet: isMatch,
    must: 'be a function, or an object of method, path, grantType, client and user',
  }),
  times: optional({ isMet: isTimes, must: 'be a whole number above 0, or Infinity' }),
};

/**
 * The fault itself. Throws a TypeError that names what is wrong with it: one that never strikes
 * makes a test pass in vain.
 */
export function checkFault(fault: Fault): Fault {
  const given: Readonly<Record<string, unknown>> = { ...fault };
  const demands = { ...target, ...kinds[fault.kind] };
  for (const [member, demand] of Object.entries(demands)) check(member, given[member], demand);
  const strange = Object.keys(given).find((member) => !Object.hasOwn(demands, member));
  if (strange !== undefined)
    throw new TypeError(`a fault of the kind ${fault.kind} has no "${strange}"`);
  if (fault.grantType !== undefined && fault.route !== 'token')
    throw new TypeError('"grantType" is for the route token only');
  if (fault.kind === 'unauthorized' && fault.route !== 'api')
    throw new TypeError('"unauthorized" is for the route api only');
  return fault;
}

function isWholeNumber(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isTimes(times: unknown): boolean {
  return times === Number.POSITIVE_INFINITY || isWholeNumber(times, 1, Number.MAX_SAFE_INTEGER);
}

function isMatch(value: unknown): boolean {
  return typeof value === 'function' || objectOf(request, '').isMet(value);
}

function isBody(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'function' || isObject(value);
}

function isRetryAfter(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || value instanceof Date;
}
