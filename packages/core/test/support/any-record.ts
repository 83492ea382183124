import fc from 'fast-check';
import type { AccountRecord, Claim, Pair } from '../../src/record.ts';
import { anyText } from './any-text.ts';
import { anHour, now } from './records.ts';

/** The longest that a claim may exclude others: the longest request timeout, and 20 s. */
export const longestLease = 140_000;
const aDay = 24 * anHour;

/** Any record that could have been written by `now`, consistent or not. */
export function anyRecord(): fc.Arbitrary<AccountRecord> {
  const text = anyText({ maxLength: 20 });
  const past = fc.integer({ min: now - 10 * aDay, max: now });
  const times = fc.array(past, { maxLength: 10 }).map((all) => all.sort((a, b) => a - b));
  const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
  const anyPair = fc
    .record({
      accessToken: orNull(text),
      refreshToken: orNull(text),
      issuedAt: past,
      lifetime: fc.nat(aDay),
      unanswered: fc.nat(),
    })
    .chain(({ lifetime, ...rest }) => {
      const plain: Pair = { ...rest, expiresAt: rest.issuedAt + lifetime };
      const failing = fc.record({ since: past, count: fc.nat() });
      const more = fc.record({ scope: text, failing, rotates: fc.boolean() }, { requiredKeys: [] });
      return more.map((known): Pair => ({ ...plain, ...known }));
    });
  const anyClaim = fc
    .record({
      id: text,
      purpose: fc.constantFrom('refresh', 'probe', 'grant'),
      at: past,
      lease: fc.nat(longestLease),
    })
    .map(({ lease, ...rest }): Claim => ({ ...rest, until: rest.at + lease }));
  const block = orNull(fc.integer({ min: now - aDay, max: now + anHour }));
  return fc.record({
    schema: fc.constant(1),
    lineage: fc.maxSafeNat(),
    generation: fc.maxSafeNat(),
    changedAt: past,
    pair: orNull(anyPair),
    ended: orNull(fc.constantFrom('signed_out', 'rejected', 'unknown')),
    claim: orNull(anyClaim),
    grants: times,
    blocked: fc.record({ refresh: block, grant: block }),
    refused: orNull(text),
    refusal: orNull(
      fc.record({ code: fc.constantFrom('grant_rejected', 'client_rejected'), detail: text }),
    ),
    conflicts: times,
    suspect: fc.boolean(),
  });
}
