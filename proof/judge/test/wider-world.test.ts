import { describe, expect, it } from 'vitest';
import type { Fault } from '../evidence.ts';
import { judge } from '../judge.ts';
import { rulesOfTime } from '../violation.ts';
import { ada, evidenceOf, exchange, pause, reads, recordOf, type Story, swaps } from './story.ts';

/** The rules that a story breaks, each once; without those about time. */
function broken(story: Story): string[] {
  const { violations } = judge(evidenceOf(story));
  return [...new Set(violations.map(({ rule }) => rule))].filter(
    (rule) => !rulesOfTime.includes(rule),
  );
}

const claim = { id: 'claim 1', purpose: 'refresh', at: 90, until: 21_090 } as const;
const claiming = swaps(
  90,
  1,
  'version 1',
  recordOf(1, { version: 'version 1c', unanswered: 1, claim }),
);

describe('the judge of a pair that comes late', () => {
  /** It came after so long; its process still runs when the lease is over. */
  const late = (after: number, more: Partial<Story> = {}): Story => ({
    lives: { 'node-1.1': [...claiming, [40_000, { type: 'closed' }]] },
    exchanges: [exchange({ at: 100, doneAt: 1_100, fate: 'lost', offeredAt: 100 + after })],
    record: recordOf(3),
    ...more,
  });

  it('wants it kept while the lease lasts, however slow the server was', () => {
    expect(broken(late(5_000))).toEqual(['lateIsKept']);
    expect(broken(late(20_000))).toEqual([]);
  });

  it('lets it go where it was written, told, or in the hands of a process that was stopped or ended', () => {
    const written = swaps(5_200, 2, 'version 1c', recordOf(2));
    const lives = (...pages: ReturnType<typeof swaps>): Story['lives'] & object => ({
      'node-1.1': [...claiming, ...pages, [40_000, { type: 'closed' }]],
    });
    expect(broken(late(5_000, { lives: lives(...written) }))).toEqual([]);
    const superseded = [5_200, { type: 'event', account: ada, event: 'superseded' }] as const;
    expect(
      broken(
        late(5_000, {
          lives: { 'node-1.1': [...claiming, superseded, [40_000, { type: 'closed' }]] },
        }),
      ),
    ).toEqual([]);
    expect(broken(late(5_000, { faults: [pause('node-1.1', 4_000, 30_000)] }))).toEqual([]);
    expect(
      broken(late(5_000, { lives: { 'node-1.1': [...claiming, [9_000, { type: 'closed' }]] } })),
    ).toEqual([]);
  });
});

describe('the judge of what a session says', () => {
  it('finds a pair that is called saved and is in no record', () => {
    const pages = [
      [105, { type: 'answered', account: ada, request: 1, status: 200, refresh: 'refresh 2' }],
      [110, { type: 'event', account: ada, event: 'saved' }],
      [115, { type: 'event', account: ada, event: 'superseded' }],
    ] as const;
    const story: Story = {
      lives: { 'node-1.1': pages },
      exchanges: [exchange({ at: 100 })],
      record: recordOf(3),
    };
    expect(broken(story)).toEqual(['savedIsSaved']);
    expect(
      broken({ ...story, lives: { 'node-1.1': [...pages, reads(120, recordOf(2))] } }),
    ).toEqual([]);
  });

  it('looks for no refresh token where the server that does not rotate sent none', () => {
    const pages = [
      [105, { type: 'answered', account: ada, request: 1, status: 200, refresh: 'refresh 2' }],
      [107, { type: 'answered', account: ada, request: 2, status: 200, refresh: null }],
      [110, { type: 'event', account: ada, event: 'saved' }],
      [115, { type: 'event', account: ada, event: 'superseded' }],
    ] as const;
    expect(
      broken({
        lives: { 'node-1.1': pages },
        exchanges: [exchange({ at: 100 })],
        record: recordOf(3),
      }),
    ).toEqual([]);
  });
});

describe('the judge of codes', () => {
  const send = (request: number, worker: string) =>
    exchange({
      at: 100 * request,
      request,
      worker,
      grant: 'authorization_code',
      token: 'code 1',
      status: 403,
      refresh: null,
    });

  it('finds a process that sends a code twice, and lets two processes that were given the same one', () => {
    const requests = [1, 2].map(
      (each) =>
        ({
          at: 100 * each,
          account: ada,
          grant: 'authorization_code',
          granted: false,
          replayed: false,
        }) as const,
    );
    const story = (...exchanges: ReturnType<typeof send>[]): Story => ({
      exchanges,
      server: { requests },
      record: null,
    });
    expect(broken(story(send(1, 'node-1.1'), send(2, 'node-1.1')))).toEqual(['codeOnce']);
    expect(broken(story(send(1, 'node-1.1'), send(2, 'node-2.1')))).toEqual([]);
  });
});

describe('what no client can know', () => {
  const fault = (
    type: Fault['type'],
    at: number,
    duration: number,
    worker: string | null,
  ): Fault => ({
    ...{ type, at, until: at + duration, worker, account: null },
  });
  const handsOut = (at: number, ...faults: Fault[]): Story => ({
    lives: {
      'node-1.1': [
        reads(3_000_000, recordOf(1)),
        [at, { type: 'asked', account: ada, call: 1 }],
        [at, { type: 'got', account: ada, call: 1, token: 'access 1' }],
      ],
    },
    server: { accessTokens: { 'access 1': { account: ada, expiresAt: 3_600_000 } } },
    record: recordOf(1),
    faults,
  });
  const end = 3_600_000;

  it('is how far a clock of the store went back meanwhile, and no more', () => {
    const back = fault('store_clock_back', 1_000_000, 60_000, null);
    expect(broken(handsOut(end + 59_000))).toEqual(['goodTokens']);
    expect(broken(handsOut(end + 59_000, back))).toEqual([]);
    expect(broken(handsOut(end + 61_000, back))).toEqual(['goodTokens']);
  });

  it('is how long a machine slept whose wall clock was set back, since its process last heard from the store', () => {
    const sleep = fault('pause_sleep', 3_100_000, 300_000, 'node-1.1');
    const back = fault('clock_back', 3_500_000, 200_000, 'node-1.1');
    expect(broken(handsOut(end + 100_000, sleep))).toEqual(['goodTokens']);
    expect(broken(handsOut(end + 100_000, back))).toEqual(['goodTokens']);
    expect(broken(handsOut(end + 199_000, sleep, back))).toEqual([]);
    expect(broken(handsOut(end + 201_000, sleep, back))).toEqual(['goodTokens']);
    expect(
      broken(handsOut(end + 100_000, fault('pause_sleep', 2_000_000, 300_000, 'node-1.1'), back)),
    ).toEqual(['goodTokens']);
  });

  it('is that a look at a replica shows an older record', () => {
    const pages = [reads(100, recordOf(2)), reads(200, recordOf(1))];
    const story: Story = { lives: { 'node-1.1': pages }, record: recordOf(2) };
    expect(broken(story)).toEqual(['neverBack']);
    expect(broken({ ...story, faults: [fault('store_lags', 150, 100, 'node-1.1')] })).toEqual([]);
    expect(broken({ ...story, faults: [fault('store_lags', 150, 100, 'node-2.1')] })).toEqual([
      'neverBack',
    ]);
    expect(broken({ ...story, terms: { readsLag: true } })).toEqual([]);
  });

  it('is what becomes of a spent token where a server keeps tokens', () => {
    const again = exchange({ at: 300, request: 2, refresh: null });
    const answered = [
      105,
      { type: 'answered', account: ada, request: 1, status: 200, refresh: null },
    ] as const;
    const story: Story = {
      lives: { 'node-1.1': [answered, reads(120, recordOf(1))] },
      exchanges: [exchange({ at: 100, refresh: null }), again],
      record: recordOf(1),
    };
    expect(broken(story)).toEqual(['neverKnowingly']);
    expect(broken({ ...story, server: { keepsTokens: true } })).toEqual([]);
  });
});
