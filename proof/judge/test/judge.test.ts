import { describe, expect, it } from 'vitest';
import { judge } from '../judge.ts';
import { rulesOfTime } from '../violation.ts';
import { ada, evidenceOf, exchange, pause, reads, recordOf, type Story, swaps } from './story.ts';

/**
 * The rules that a story breaks, each once; without those about time, which the tests of `recovery`
 * tell of.
 */
function broken(story: Story): string[] {
  const { violations } = judge(evidenceOf(story));
  return [...new Set(violations.map(({ rule }) => rule))].filter(
    (rule) => !rulesOfTime.includes(rule),
  );
}

const claim = (id: string, at: number) =>
  ({ id, purpose: 'probe', at, until: at + 21_000 }) as const;
const lost = exchange({ at: 100, fate: 'lost', status: 200 });

describe('the judge of sends', () => {
  it('lets a refresh pass that is answered and written down', () => {
    const pages = [
      ...swaps(90, 1, 'version 1', recordOf(1, { unanswered: 1, claim: claim('claim 1', 90) })),
      ...swaps(115, 2, 'version 1c', recordOf(2)),
    ];
    expect(
      broken({
        lives: { 'node-1.1': pages },
        exchanges: [exchange({ at: 100 })],
        record: recordOf(2),
      }),
    ).toEqual([]);
  });

  it('lets a probe pass: no one knew what had become of the token', () => {
    const probe = exchange({
      at: 22_000,
      worker: 'node-2.1',
      status: 403,
      access: null,
      refresh: null,
    });
    const pages = [
      reads(21_900, recordOf(1, { unanswered: 1 })),
      ...swaps(22_020, 1, 'version 1', recordOf(1, { ended: 'unknown' })),
    ];
    expect(
      broken({
        lives: { 'node-2.1': pages },
        exchanges: [lost, probe],
        record: recordOf(1, { ended: 'unknown' }),
      }),
    ).toEqual([]);
  });

  it('finds a token that is sent again after someone wrote its successor down', () => {
    const again = exchange({ at: 300, worker: 'node-2.1', claim: 'claim 2' });
    const lives = {
      'node-1.1': [reads(90, recordOf(1)), ...swaps(110, 1, 'version 1', recordOf(2))],
      'node-2.1': [],
    };
    expect(
      broken({ lives, exchanges: [exchange({ at: 100 }), again], record: recordOf(2) }),
    ).toEqual(['neverKnowingly']);
  });

  it('finds a token that is sent again after it was written down that it is dead', () => {
    const refusal = exchange({ at: 100, status: 403, access: null, refresh: null });
    const dead = recordOf(1, { ended: 'rejected' });
    const lives = { 'node-1.1': [reads(90, recordOf(1)), ...swaps(110, 1, 'version 1', dead)] };
    expect(
      broken({
        lives,
        exchanges: [refusal, { ...refusal, at: 400, doneAt: 410, request: 2 }],
        record: dead,
      }),
    ).toEqual(['neverKnowingly']);
  });

  it('finds a process that sends a token again whose answer it got itself', () => {
    const again = exchange({ at: 300, request: 2 });
    const lives = {
      'node-1.1': [
        [
          105,
          { type: 'answered', account: ada, request: 1, status: 200, refresh: 'refresh 2' },
        ] as const,
        reads(120, recordOf(2)),
      ],
    };
    expect(
      broken({ lives, exchanges: [exchange({ at: 100 }), again], record: recordOf(2) }),
    ).toEqual(['neverKnowingly']);
  });

  it('finds two requests under way', () => {
    const first = exchange({ at: 100, doneAt: 900 });
    const second = exchange({ at: 500, worker: 'node-2.1', claim: 'claim 2' });
    expect(broken({ exchanges: [first, second] })).toEqual(['oneAtATime']);
    expect(broken({ exchanges: [first, { ...second, at: 900, doneAt: 950 }] })).toEqual([]);
    expect(
      broken({
        exchanges: [
          { ...first, doneAt: null, fate: 'open' },
          { ...second, at: 90_000 },
        ],
      }),
    ).toEqual(['oneAtATime']);
  });

  it('excuses a sender that was stopped past its lease between its claim and its send, and no other', () => {
    const first = exchange({ at: 23_000, doneAt: 24_000 });
    const second = exchange({ at: 23_500, worker: 'node-2.1', claim: 'claim 2' });
    const lives = {
      'node-1.1': swaps(100, 1, 'version 0', recordOf(1, { claim: claim('claim 1', 100) })),
    };
    const told = (...faults: Story['faults'] & object) =>
      judge(evidenceOf({ lives, exchanges: [first, second], faults }));
    expect(told(pause('node-1.1', 110, 22_990))).toMatchObject({ excused: 1 });
    expect(
      broken({ lives, exchanges: [first, second], faults: [pause('node-1.1', 110, 22_990)] }),
    ).toEqual([]);
    expect(
      broken({ lives, exchanges: [first, second], faults: [pause('node-1.1', 110, 9_000)] }),
    ).toEqual(['oneAtATime']);
    expect(
      broken({ lives, exchanges: [first, second], faults: [pause('node-3.1', 110, 22_990)] }),
    ).toEqual(['oneAtATime']);
    expect(
      broken({ lives, exchanges: [first, second], faults: [pause('node-1.1', 24_000, 50_000)] }),
    ).toEqual(['oneAtATime']);
  });

  it('finds a request that a runtime sent once more', () => {
    const again = { ...lost, at: 112, doneAt: 115, status: 403, fate: 'delivered' } as const;
    expect(broken({ exchanges: [lost, again] })).toEqual(['sentOnce']);
  });
});

describe('the judge of records', () => {
  it('finds a version that was replaced twice, and takes a replayed swap for one', () => {
    const [first, second] = [recordOf(2), recordOf(2, { version: 'another' })];
    const one = { 'node-1.1': swaps(100, 1, 'version 1', first) };
    expect(
      broken({ lives: { ...one, 'node-2.1': swaps(200, 1, 'version 1', second) }, record: first }),
    ).toEqual(['oneWriter']);
    expect(
      broken({
        lives: { ...one, 'node-2.1': swaps(200, 1, 'version 1', second, false) },
        record: first,
      }),
    ).not.toContain('oneWriter');
    expect(
      broken({
        lives: {
          'node-1.1': [...swaps(100, 1, 'version 1', first), ...swaps(200, 2, 'version 1', first)],
        },
        record: first,
      }),
    ).toEqual([]);
  });

  it('finds two who both made the first version', () => {
    const lives = {
      'node-1.1': swaps(100, 1, null, recordOf(1)),
      'node-2.1': swaps(101, 1, null, recordOf(1, { version: 'another' })),
    };
    expect(broken({ lives, record: recordOf(1) })).toEqual(['oneWriter']);
  });

  it('finds a record that went back, in lineage or generation, but not two looks at the same time', () => {
    const seen = (at: number, lineage: number, generation: number) =>
      reads(at, recordOf(generation, { lineage }));
    const pages = (...each: ReturnType<typeof reads>[]) => ({
      lives: { 'node-1.1': each },
      record: recordOf(9),
    });
    expect(broken(pages(seen(100, 1, 1), seen(200, 1, 2), seen(300, 2, 3)))).toEqual([]);
    expect(broken(pages(seen(100, 1, 2), seen(200, 1, 1)))).toEqual(['neverBack']);
    expect(broken(pages(seen(100, 2, 2), seen(200, 1, 3)))).toEqual(['neverBack']);
    expect(broken(pages(seen(100, 1, 2), reads(200, null)))).toEqual(['neverBack']);
    expect(
      broken(
        pages(seen(100, 1, 2), [
          101,
          { type: 'read', account: ada, from: 99, record: recordOf(1) },
        ]),
      ),
    ).toEqual([]);
  });

  it('finds a pair that is not the one that works and says nothing of it', () => {
    const of = (record: Story['record']) =>
      broken({ record: record ?? null, server: { live: { [ada]: 'refresh 9' } } });
    expect(of(recordOf(9))).toEqual([]);
    expect(of(recordOf(8))).toEqual(['noSilentLoss']);
    expect(of(null)).toEqual(['noSilentLoss']);
    expect(of(recordOf(8, { unanswered: 1 }))).toEqual([]);
    expect(of(recordOf(8, { suspect: true }))).toEqual([]);
    expect(of(recordOf(8, { ended: 'rejected' }))).toEqual([]);
    expect(of(recordOf(8, { claim: claim('claim 1', 0) }))).toEqual([]);
    expect(broken({ record: recordOf(8), server: { live: {} } })).toEqual(['noSilentLoss']);
  });

  it('finds a pair that reached a process and no record, unless the process was told or killed', () => {
    const answered = [
      105,
      { type: 'answered', account: ada, request: 1, status: 200, refresh: 'refresh 2' },
    ] as const;
    const superseded = [120, { type: 'event', account: ada, event: 'superseded' }] as const;
    const story = (pages: Story['lives'] & object): Story => ({
      lives: pages,
      exchanges: [exchange({ at: 100 })],
      record: recordOf(3),
    });
    expect(broken(story({ 'node-1.1': [answered] }))).toEqual(['noPairDropped']);
    expect(broken(story({ 'node-1.1': [answered, superseded] }))).toEqual([]);
    expect(
      broken(story({ 'node-1.1': [answered, ...swaps(110, 1, 'version 1', recordOf(2))] })),
    ).toEqual([]);
    expect(
      broken(story({ 'node-1.1': [answered], 'node-2.1': [reads(130, recordOf(2))] })),
    ).toEqual([]);
    expect(broken({ ...story({ 'node-1.1': [answered] }), killed: ['node-1.1'] })).toEqual([]);
  });
});

describe('the judge of grants and tokens', () => {
  it('finds one grant too many in a window', () => {
    const anHour = 3_600_000;
    expect(broken({ grants: [0, 1, 2, 3, 4] })).toEqual([]);
    expect(broken({ grants: [0, 1, 2, 3, 4, anHour] })).toEqual([]);
    expect(broken({ grants: [0, 1, 2, 3, 4, anHour - 1] })).toEqual(['withinLimit']);
  });

  it('finds a token that was handed out dead, of another account, or of no one', () => {
    const handsOut = (token: string) => ({
      lives: {
        'node-1.1': [
          [500, { type: 'asked', account: ada, call: 1 }] as const,
          [501, { type: 'got', account: ada, call: 1, token }] as const,
        ],
      },
      server: {
        accessTokens: {
          good: { account: ada, expiresAt: 600 },
          old: { account: ada, expiresAt: 499 },
          foreign: { account: 'bob', expiresAt: 600 },
        },
      },
    });
    expect(broken(handsOut('good'))).toEqual([]);
    expect(broken(handsOut('old'))).toEqual(['goodTokens']);
    expect(broken(handsOut('foreign'))).toEqual(['goodTokens']);
    expect(broken(handsOut('made up'))).toEqual(['goodTokens']);
  });
});

describe('the judge of a run as a whole', () => {
  it('finds a process that died of itself', () => {
    const evidence = evidenceOf({ lives: { 'node-1.1': [] } });
    const lives = evidence.lives.map((life) => ({ ...life, ending: 'died by itself' }) as const);
    expect(judge({ ...evidence, lives }).violations).toContainEqual(
      expect.objectContaining({ rule: 'soundProcesses', story: 'node-1.1 died by itself' }),
    );
  });

  it('finds a request that went past the wire', () => {
    const request = {
      at: 100,
      account: ada,
      grant: 'refresh_token',
      granted: true,
      replayed: false,
    } as const;
    expect(broken({ server: { requests: [request] } })).toEqual(['completeBooks']);
  });
});
