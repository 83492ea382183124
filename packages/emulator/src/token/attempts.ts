import type { EmulatedActOn } from '../emulated-act-on.ts';
import { json, noStore, overLimit, retryAfter } from '../gateway.ts';
import type { Client } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { type Slots, slotsOf, standing } from '../slots.ts';

/**
 * Takes one of the grants that a key may attempt, whether or not it will succeed. Throws a Refusal
 * when none is left.
 */
export function takeAttempt(actOn: EmulatedActOn, client: Client, username: string | null): void {
  const limit = actOn.switches.grantLimit;
  if (limit === null) return;
  const key = attemptKey(actOn, client.id, username);
  const now = actOn.clock.now();
  const times = standing(actOn.state.attempts.get(key) ?? [], limit.window, now);
  if (slotsOf(times, limit, now).left === 0)
    throw refuseAttempt(actOn, slotsOf(times, limit, now).nextAt ?? now);
  actOn.state.attempts.set(key, [...times, now]);
}

/** No user is known to have consented to an unknown code, so it counts against the client. */
export function attemptKey(actOn: EmulatedActOn, client: string, username: string | null): string {
  if (actOn.switches.limitKey === 'client' || username === null) return JSON.stringify({ client });
  const account = actOn.users.get(username)?.account;
  if (actOn.switches.limitKey === 'account' && account !== undefined)
    return JSON.stringify({ account });
  return JSON.stringify({ client, user: username });
}

/**
 * What is left of every key that was used. `labelOf` names a user who is not known: that may be a
 * password in the wrong field.
 */
export function readAttempts(
  actOn: EmulatedActOn,
  labelOf: (username: string) => string,
): Record<string, Slots> {
  const limit = actOn.switches.grantLimit;
  if (limit === null) return {};
  const now = actOn.clock.now();
  const nameOf = (key: string): string => {
    const { account, client, user } = JSON.parse(key) as Partial<
      Record<'account' | 'client' | 'user', string>
    >;
    if (account !== undefined) return `account ${account}`;
    if (user === undefined) return `${client}`;
    return `${client} ${actOn.users.has(user) ? user : labelOf(user)}`;
  };
  return Object.fromEntries(
    Array.from(actOn.state.attempts, ([key, times]) => [nameOf(key), slotsOf(times, limit, now)]),
  );
}

function refuseAttempt(actOn: EmulatedActOn, nextAt: number): Refusal {
  const answer = actOn.switches.limitAnswer;
  if (answer === 'gateway')
    return new Refusal('too_many_requests', () => overLimit(actOn, 'grants', nextAt, noStore));
  const body = {
    error: 'too_many_attempts',
    error_description: 'Too many authentication attempts. Try again later.',
  };
  const status = { too_many_attempts: 429, forbidden: 403, bad_request: 400 }[answer];
  return new Refusal(body.error, () =>
    json(status, body, { ...noStore, ...retryAfter(actOn, nextAt) }),
  );
}
