import type { Evidence, Exchange, Fault, Life, Terms } from '../evidence.ts';
import type { Entry, Line, RecordView } from '../history.ts';

/** The only account of these stories. */
export const ada = 'ada';

const terms: Terms = {
  lease: 21_000,
  requestTimeout: 1_000,
  grantLimit: { limit: 5, window: 3_600_000 },
  from: 0,
  quietFrom: 1_000,
  to: 2_000,
};

/** Who wrote what, when: `[at, entry]`. */
export type Page = readonly [at: number, entry: Entry];

export interface Story {
  /** Pages by life. All lives end well unless `killed` names them. */
  readonly lives?: Readonly<Record<string, readonly Page[]>>;
  readonly killed?: readonly string[];
  readonly exchanges?: readonly Exchange[];
  readonly faults?: readonly Fault[];
  readonly grants?: readonly number[];
  readonly server?: Partial<Evidence['server']>;
  readonly record?: RecordView | null;
  readonly terms?: Partial<Terms>;
}

/**
 * A run written by hand. What it leaves out is as it should be: the server has the exchanges in its
 * books, and takes the record's token.
 */
export function evidenceOf(story: Story): Evidence {
  const {
    lives = {},
    killed = [],
    exchanges = [],
    faults = [],
    grants = [],
    record = null,
  } = story;
  const seen = exchanges.filter(({ status }) => status !== null);
  const refreshes = seen.map(
    ({ at, status }) =>
      ({
        at,
        account: ada,
        grant: 'refresh_token',
        granted: status === 200,
        replayed: false,
      }) as const,
  );
  const charged = grants.map(
    (at) => ({ at, account: ada, grant: 'password', granted: true, replayed: false }) as const,
  );
  const wire = grants.map((at, index) =>
    exchange({ at, doneAt: at, request: 1_000 + index, grant: 'password', token: null }),
  );
  return {
    terms: { ...terms, ...story.terms },
    lives: Object.entries(lives).map(([name, pages]) => lifeOf(name, pages, killed.includes(name))),
    exchanges: [...exchanges, ...wire],
    faults,
    server: {
      requests: [...refreshes, ...charged],
      live: record?.refresh == null ? {} : { [ada]: record.refresh },
      accessTokens: {},
      ...story.server,
    },
    records: { [ada]: record },
  };
}

function lifeOf(name: string, pages: readonly Page[], wasKilled: boolean): Life {
  const lines = pages.map(([at, entry]): Line => ({ ...entry, at }));
  return { name, ending: wasKilled ? 'killed' : 'closed', endedAt: pages.at(-1)?.[0] ?? 0, lines };
}

/** A record that is at rest, with a pair that is named after its generation. */
export function recordOf(generation: number, more: Partial<RecordView> = {}): RecordView {
  return {
    version: `version ${generation}`,
    lineage: 1,
    generation,
    access: `access ${generation}`,
    refresh: `refresh ${generation}`,
    unanswered: 0,
    ended: null,
    suspect: false,
    claim: null,
    ...more,
  };
}

/** A refresh that was answered a moment later. */
export function exchange(more: Partial<Exchange> & Pick<Exchange, 'at'>): Exchange {
  return {
    worker: 'node-1.1',
    request: 1,
    account: ada,
    claim: 'claim 1',
    doneAt: more.at + 10,
    grant: 'refresh_token',
    token: 'refresh 1',
    status: 200,
    access: 'access 2',
    refresh: 'refresh 2',
    fate: 'delivered',
    ...more,
  };
}

/** Somebody reads the record. */
export function reads(at: number, record: RecordView | null): Page {
  return [at, { type: 'read', account: ada, from: at - 1, record }];
}

/** Somebody replaces the record, and is told so. */
export function swaps(
  at: number,
  swap: number,
  expected: string | null,
  next: RecordView,
  ok = true,
): [Page, Page] {
  return [
    [at, { type: 'swapping', account: ada, swap, expected, next }],
    [at + 1, { type: 'swapped', account: ada, swap, ok, record: ok ? next : null }],
  ];
}

export function pause(worker: string, at: number, until: number): Fault {
  return { type: 'pause_holder', at, until, worker, account: ada };
}
