import { json, noStore, overLimit, retryAfter } from '../gateway.ts';
import type { Client } from '../options.ts';
import { Refusal } from '../refusal.ts';
import { type Slots, slotsOf, standing } from '../slots.ts';
import type { World } from '../world.ts';

/**
 * Takes one of the grants that a key may attempt, whether or not it will succeed. Throws a Refusal
 * when none is left.
 */
export function takeAttempt(world: World, client: Client, username: string | null): void {
  const limit = world.switches.grantLimit;
  if (limit === null) return;
  const key = attemptKey(world, client.id, username);
  const now = world.clock.now();
  const times = standing(world.state.attempts.get(key) ?? [], limit.window, now);
  if (slotsOf(times, limit, now).left === 0)
    throw refuseAttempt(world, slotsOf(times, limit, now).nextAt ?? now);
  world.state.attempts.set(key, [...times, now]);
}

/** No user is known to have consented to an unknown code, so it counts against the client. */
export function attemptKey(world: World, client: string, username: string | null): string {
  if (world.switches.limitKey === 'client' || username === null) return JSON.stringify({ client });
  const account = world.users.get(username)?.account;
  if (world.switches.limitKey === 'account' && account !== undefined)
    return JSON.stringify({ account });
  return JSON.stringify({ client, user: username });
}

/**
 * What is left of every key that was used. `labelOf` names a user who is not known: that may be a
 * password in the wrong field.
 */
export function readAttempts(
  world: World,
  labelOf: (username: string) => string,
): Record<string, Slots> {
  const limit = world.switches.grantLimit;
  if (limit === null) return {};
  const now = world.clock.now();
  const nameOf = (key: string): string => {
    const { account, client, user } = JSON.parse(key) as Partial<
      Record<'account' | 'client' | 'user', string>
    >;
    if (account !== undefined) return `account ${account}`;
    if (user === undefined) return `${client}`;
    return `${client} ${world.users.has(user) ? user : labelOf(user)}`;
  };
  return Object.fromEntries(
    Array.from(world.state.attempts, ([key, times]) => [nameOf(key), slotsOf(times, limit, now)]),
  );
}

function refuseAttempt(world: World, nextAt: number): Refusal {
  const answer = world.switches.limitAnswer;
  if (answer === 'gateway')
    return new Refusal('too_many_requests', () => overLimit(world, 'grants', nextAt, noStore));
  const body = {
    error: 'too_many_attempts',
    error_description: 'Too many authentication attempts. Try again later.',
  };
  const status = { too_many_attempts: 429, forbidden: 403, bad_request: 400 }[answer];
  return new Refusal(body.error, () =>
    json(status, body, { ...noStore, ...retryAfter(world, nextAt) }),
  );
}
