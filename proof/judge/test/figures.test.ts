import { describe, expect, it } from 'vitest';
import { defaults } from '../../chaos/options.ts';
import { report } from '../../chaos/report.ts';
import { figuresOf } from '../figures.ts';
import type { Entry } from '../history.ts';
import { judge } from '../judge.ts';
import { ada, evidenceOf, exchange, type Page, pause, recordOf, type Story } from './story.ts';

const asked = (at: number, call: number): Page => [at, { type: 'asked', account: ada, call }];
const got = (at: number, call: number): Page => [
  at,
  { type: 'got', account: ada, call, token: 'token' },
];
const failed = (at: number, call: number): Page => [
  at,
  {
    type: 'failed',
    account: ada,
    call,
    code: 'outcome_unknown',
    needsGrant: false,
    retryAt: null,
  } as Entry,
];

describe('the figures of a run', () => {
  it('count what was sent more than once: probes, and what a runtime sent again by itself', () => {
    const first = exchange({ at: 100, fate: 'lost' });
    const again = exchange({ at: 110, fate: 'delivered', status: 403 });
    const probe = exchange({ at: 30_000, worker: 'node-2.1', status: 403 });
    const cut = exchange({ at: 40_000, request: 3, token: 'refresh 2', fate: 'cut' });
    const figures = figuresOf(evidenceOf({ exchanges: [first, again, probe, cut] }));
    expect(figures).toMatchObject({
      refreshes: 2,
      probes: 1,
      resends: 1,
      lostReplies: { http: 2, store: 0 },
    });
  });

  it('count faults by sort, and grants by account and window', () => {
    const faults = [
      pause('node-1.1', 0, 1),
      pause('node-1.1', 2, 3),
      { ...pause('node-1.1', 4, 4), type: 'store_answer_lost' } as const,
    ];
    const figures = figuresOf(evidenceOf({ faults, grants: [0, 10, 3_600_005] }));
    expect(figures).toMatchObject({
      faults: { pause_holder: 2, store_answer_lost: 1 },
      lostReplies: { store: 1 },
      grants: { sent: 3, mostPerAccount: 3, mostPerWindow: 2 },
    });
  });

  const share = (pages: readonly Page[], more: Story = {}) =>
    figuresOf(
      evidenceOf({ lives: { 'node-1.1': [...pages, [1_000, { type: 'closed' }]] }, ...more }),
    ).usableShare;

  it('measure for how long a process had a token: from each answer to the next question, but not while it waits', () => {
    expect(share([asked(0, 1), got(0, 1)])).toBe(1);
    expect(share([asked(0, 1), got(200, 1)])).toBe(0.8);
    expect(share([asked(0, 1), got(0, 1), asked(500, 2), got(900, 2)])).toBe(0.6);
    expect(share([asked(0, 1), failed(10, 1), asked(500, 2), got(500, 2)])).toBe(0.5);
    expect(share([asked(0, 1), got(0, 1), asked(600, 2)])).toBe(0.6);
  });

  it('leave out what a process slept through, and what was not in the time of the faults', () => {
    const pages = [asked(0, 1), got(0, 1), asked(400, 2), got(900, 2)];
    expect(share(pages, { faults: [pause('node-1.1', 400, 900)] })).toBe(1);
    expect(
      share([asked(0, 1), failed(10, 1), asked(500, 2), got(500, 2)], { terms: { from: 500 } }),
    ).toBe(1);
    const waits = figuresOf(
      evidenceOf({ lives: { 'node-1.1': pages }, faults: [pause('node-1.1', 450, 900)] }),
    );
    expect(waits.longestWait).toBe(50);
  });
});

describe('the report of a run', () => {
  it('tells a broken rule with its story', () => {
    const evidence = evidenceOf({ record: recordOf(2), server: { live: { [ada]: 'refresh 3' } } });
    const lines = report(defaults, figuresOf(evidence), judge(evidence));
    expect(lines[0]).toBe('chaos over redis: 8 processes, 96 accounts, 60 s, seed 1');
    expect(lines.join('\n')).toMatch(/pairs lost silently +1\n/);
    expect(lines.join('\n')).toContain(
      'ada the record has refresh 2 and says nothing against it; the server takes refresh 3',
    );
  });
});
