import { overLimit } from '../gateway.ts';
import { type Limit, slotsOf, standing } from '../slots.ts';
import type { World } from '../world.ts';

/**
 * Counts a call of the account. The answer, if it is one too many; otherwise the headers that say what
 * is left.
 */
export function takeCall(world: World, account: string): Response | Record<string, string> {
  const limits = world.switches.apiLimits;
  if (limits === null) return {};
  const second: Limit = { limit: limits.perSecond, window: 1000 };
  const day: Limit = { limit: limits.perDay, window: 86_400_000 };
  const now = world.clock.now();
  const times = standing(world.state.calls.get(account) ?? [], day.window, now);
  const [inSecond, inDay] = [slotsOf(times, second, now), slotsOf(times, day, now)];
  const left = Math.min(inSecond.left, inDay.left);
  const headersWith = (remaining: number): Record<string, string> =>
    world.switches.rateLimitHeaders ? rateLimitHeaders(limits.perSecond, remaining) : {};
  if (inDay.left === 0) return overLimit(world, 'quota', inDay.nextAt ?? now, headersWith(0));
  if (inSecond.left === 0) return overLimit(world, 'burst', inSecond.nextAt ?? now, headersWith(0));
  world.state.calls.set(account, [...times, now]);
  return headersWith(left - 1);
}

/** The names are the plan's: API Connect does not send bare numbers. */
function rateLimitHeaders(limit: number, remaining: number): Record<string, string> {
  return {
    'x-ratelimit-limit': `name=default,${limit};`,
    'x-ratelimit-remaining': `name=default,${remaining};`,
  };
}
