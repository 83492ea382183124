import type { EmulatedActOn } from '../emulated-act-on.ts';
import { overLimit } from '../gateway.ts';
import { type Limit, slotsOf, standing } from '../slots.ts';

/**
 * Counts a call of the account. The answer, if it is one too many; otherwise the headers that say what
 * is left.
 */
export function takeCall(actOn: EmulatedActOn, account: string): Response | Record<string, string> {
  const limits = actOn.switches.apiLimits;
  if (limits === null) return {};
  const second: Limit = { limit: limits.perSecond, window: 1000 };
  const day: Limit = { limit: limits.perDay, window: 86_400_000 };
  const now = actOn.clock.now();
  const times = standing(actOn.state.calls.get(account) ?? [], day.window, now);
  const [inSecond, inDay] = [slotsOf(times, second, now), slotsOf(times, day, now)];
  const left = Math.min(inSecond.left, inDay.left);
  const headersWith = (remaining: number): Record<string, string> =>
    actOn.switches.rateLimitHeaders ? rateLimitHeaders(limits.perSecond, remaining) : {};
  if (inDay.left === 0) return overLimit(actOn, 'quota', inDay.nextAt ?? now, headersWith(0));
  if (inSecond.left === 0) return overLimit(actOn, 'burst', inSecond.nextAt ?? now, headersWith(0));
  actOn.state.calls.set(account, [...times, now]);
  return headersWith(left - 1);
}

/** The names are the plan's: API Connect does not send bare numbers. */
function rateLimitHeaders(limit: number, remaining: number): Record<string, string> {
  return {
    'x-ratelimit-limit': `name=default,${limit};`,
    'x-ratelimit-remaining': `name=default,${remaining};`,
  };
}
