import { isDeepStrictEqual } from 'node:util';
import { isActOnTokenError } from '../../../packages/core/src/errors.ts';
import {
  attempt,
  decide,
  endOfUnknown,
  type Question,
  type Rules,
  reconcile,
} from '../../../packages/core/src/machine.ts';
import {
  type AccountRecord,
  decodeRecord,
  encodeRecord,
  status,
} from '../../../packages/core/src/record.ts';
import { must, mustKeepSecrets, type Reader, textOf } from './reader.ts';

export const now: number = Date.UTC(2026, 0, 1);
const longestLease = 140_000;
const anHour = 3_600_000;
const rules: Rules = {
  lease: 30_000,
  margin: 15_000,
  minValidity: 30_000,
  refreshAhead: null,
  jitter: 1,
  minRefreshInterval: 60_000,
  maxLifetime: anHour,
  limit: 5,
  window: anHour,
  reserve: 1,
  onUnknown: 'probe',
  endOfUnknown: { ...endOfUnknown, age: 30 * 24 * anHour },
};
const refusals =
  /^(The token store holds something under this account's key that is not an account record: [^"]*("\w+")?[^"]*|The account record has schema [\w.+]+; [^"]*)$/;

/** What lies in a store. Files: the value. */
export const storedRecord: Reader<string> = {
  name: 'stored-record',
  fromBytes: textOf,
  check(value) {
    let record: AccountRecord;
    try {
      record = decodeRecord(value, now);
    } catch (error) {
      if (!isActOnTokenError(error, 'store_corrupt') && !isActOnTokenError(error, 'store_version'))
        throw error;
      mustKeepSecrets(error.message, 'refreshToken', 'code', 'clientSecret');
      must(refusals.test(error.message), 'a refusal repeats nothing of the value');
      return `${error.code} ${/"\w+"/.exec(error.message)?.[0] ?? ''}`;
    }
    const again = decodeRecord(encodeRecord(record), now);
    // A claim of the future was given the time 0, and one of that time is over.
    const { claim } = record.claim?.at === 0 ? again : record;
    must(
      isDeepStrictEqual(again, { ...record, claim }),
      'what was read can be written and read again',
    );
    mustBeBounded(record);
    return `${status(record, now)} ${mustBeWorkable(record)}`;
  },
};

function mustBeBounded({ pair, claim, blocked, grants, conflicts }: AccountRecord): void {
  must(
    claim === null || claim.until <= now + longestLease,
    'no claim excludes others for longer than the longest lease',
  );
  must(
    Math.max(blocked.refresh ?? 0, blocked.grant ?? 0) <= now + anHour,
    'no block lasts longer than an hour',
  );
  must(pair === null || pair.expiresAt <= now + 25 * anHour, 'no token lives longer than a day');
  for (const times of [grants, conflicts]) {
    must(
      times.length <= 100 &&
        times.every((at, i) => at <= now + longestLease && at >= (times[i - 1] ?? at)),
      'times are past, few and in order',
    );
  }
}

/** Every decision can be carried out on it, whatever comes of it. */
function mustBeWorkable(record: AccountRecord): string {
  const words = (['none', 'unattended', 'person'] as const).map((signIn) => {
    const question: Question = { now, rules, signIn, watched: 0 };
    const next = decide(record, question);
    must(
      !('until' in next) || next.until <= now + longestLease,
      'nobody waits longer than a lease',
    );
    if (next.type === 'refresh' || next.type === 'probe' || next.type === 'grant') {
      const mine = attempt(record, { id: 'mine', purpose: next.type, rules }, now);
      reconcile(mine.record, mine, { type: 'refused' }, now, 'network');
      reconcile(record, mine, { type: 'unknown', answered: true }, now, 'process');
    }
    return next.type;
  });
  return words.join(' ');
}
