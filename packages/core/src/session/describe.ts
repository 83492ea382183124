import { status } from '../record.ts';
import type { Account } from './account.ts';

/**
 * The record with every secret replaced by its length, the clocks, and the last events: what a bug
 * report needs.
 */
export function describe(account: Account): string {
  const { environment, record } = account;
  const { pair, claim, refused, ...rest } = record;
  const report = {
    status: status(record, account.now()),
    loaded: account.loaded,
    saved: account.saved,
    closed: account.closed,
    fault: account.fault?.code ?? null,
    record: {
      ...rest,
      pair: pair && {
        ...pair,
        accessToken: blank(pair.accessToken),
        refreshToken: blank(pair.refreshToken),
      },
      claim: claim && { ...claim, id: claim.id.slice(0, 8) },
      refused: refused !== null,
    },
    store: { reach: environment.store.reach, now: account.now(), answerAge: account.time.age() },
    clock: { now: environment.clock.now(), monotonic: environment.clock.monotonic() },
    rules: environment.rules,
    events: environment.shared.history.of(account.name).map(({ at, event }) => ({ at, ...event })),
  };
  return JSON.stringify(report, null, 2);
}

const blank = (token: string | null): string | null =>
  token === null ? null : `[${token.length} characters]`;
