import { describe, expect, it } from 'vitest';
import { lanes, strokeOf } from './src/model/diagram.ts';
import { changeOf, factsOf, fingerprint, type RecordFacts, statusOf } from './src/model/record.ts';

const pair = { access: '…0001', refresh: '…0002', expiresAt: 1_000, unanswered: 0 };
const signedIn: RecordFacts = {
  lineage: 1,
  generation: 1,
  pair,
  ended: null,
  claim: null,
  grants: [0],
  conflicts: 0,
  suspect: false,
};
const claim = { id: 'a', purpose: 'refresh', until: 500 } as const;
const claimed: RecordFacts = { ...signedIn, claim, pair: { ...pair, unanswered: 1 } };

describe('what the playground says of the record', () => {
  it.each([
    ['a claim', signedIn, claimed, { type: 'claimed', purpose: 'refresh' }],
    [
      'a claim in place of another',
      claimed,
      { ...claimed, claim: { ...claim, id: 'b' } },
      { type: 'claimed', purpose: 'refresh' },
    ],
    ['the first sign-in', null, signedIn, { type: 'signed_in' }],
    ['a new pair', claimed, { ...signedIn, generation: 2 }, { type: 'renewed' }],
    [
      'a sign-out',
      signedIn,
      { ...signedIn, lineage: 2, generation: 2, pair: null, ended: 'signed_out' },
      { type: 'signed_out' },
    ],
    [
      'a dead refresh token',
      claimed,
      { ...signedIn, ended: 'rejected' },
      { type: 'ended', reason: 'rejected' },
    ],
    ['a claim that is taken back', claimed, signedIn, { type: 'taken_back' }],
    [
      'a claim that ends without an answer',
      claimed,
      { ...claimed, claim: { ...claim, until: 100 } },
      { type: 'left_open' },
    ],
  ] as const)('is %s', (_, before, after, change) => {
    expect(changeOf(before, after)).toEqual(change);
  });

  it('is its status as the machine derives it', () => {
    expect(statusOf(null, 0)).toBe('idle');
    expect(statusOf(signedIn, 0)).toBe('authorized');
    expect(statusOf(claimed, 0)).toBe('refreshing');
    expect(statusOf(claimed, 500)).toBe('authorized');
    expect(statusOf(signedIn, 1_000)).toBe('expired');
  });

  it('is nothing of a token but its fingerprint', () => {
    const tokens = {
      accessToken: 'access-canary',
      refreshToken: 'refresh-canary',
      expiresAt: 1,
      unanswered: 0,
    };
    const facts = factsOf({
      version: '1',
      value: JSON.stringify({
        ...signedIn,
        pair: tokens,
        refusal: null,
        conflicts: [],
        changedAt: 0,
      }),
    });
    expect(facts?.pair?.access).toBe(fingerprint('access-canary'));
    expect(fingerprint('access-canary')).not.toBe(fingerprint('access-canarz'));
    expect(JSON.stringify(facts)).not.toContain('canary');
  });
});

describe('the sequence diagram', () => {
  it('draws a request from its tab to Act-On and the reply back, cut off if it gets lost', () => {
    const [tab, actOn] = [lanes.indexOf('B'), lanes.indexOf('Act-On')];
    const request = strokeOf({ type: 'request', tab: 'B', what: 'refresh', print: null });
    expect(request).toEqual({ from: tab, to: actOn, tone: 'request', isCut: false });
    expect(strokeOf({ type: 'reply_lost', tab: 'B' })).toEqual({
      from: actOn,
      to: tab,
      tone: 'bad',
      isCut: true,
    });
  });
});
