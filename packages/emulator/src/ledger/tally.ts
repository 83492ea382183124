import type { GrantType } from '../settings.ts';
import { type Counters, createGauge, type Gauge } from './counters.ts';
import type { LedgerEntry } from './entry.ts';

/** The running counts behind `Counters`. */
export interface Tally {
  /**
   * Counts a request. The function that it returns says that the request is no longer under way.
   */
  enter(entry: LedgerEntry): () => void;
  close(entry: LedgerEntry, sent: boolean): void;
  noteRedirect(): void;
  read(): Omit<Counters, 'attempts'>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Counts = Mutable<
  Pick<
    Counters,
    'requests' | 'replays' | 'secretsInUrl' | 'apiCalls' | 'api401s' | 'sends' | 'redirectsFollowed'
  >
>;

export function createTally(): Tally {
  const counts: Counts = {
    requests: 0,
    replays: 0,
    secretsInUrl: 0,
    apiCalls: 0,
    api401s: 0,
    sends: 0,
    redirectsFollowed: 0,
  };
  const grants = createGrantCounts();
  const all = createGauge();
  const byToken = new Map<string, Gauge>();
  const byAccount = new Map<string, Gauge>();
  return {
    enter(entry) {
      counts.requests += 1;
      if (entry.secretInUrl) counts.secretsInUrl += 1;
      if (entry.route === 'api') counts.apiCalls += 1;
      if (entry.grantType === null) return () => {};
      grants[entry.grantType].sent += 1;
      const gauges = [all];
      if (entry.grantType === 'refresh_token' && entry.token !== null)
        gauges.push(gaugeOf(byToken, entry.token));
      if (entry.client !== null && entry.user !== null)
        gauges.push(gaugeOf(byAccount, `${entry.client} ${entry.user}`));
      for (const gauge of gauges) gauge.enter();
      return () => {
        for (const gauge of gauges) gauge.leave();
      };
    },
    close(entry, sent) {
      if (entry.granted && entry.grantType !== null) grants[entry.grantType].granted += 1;
      if (entry.replayed) counts.replays += 1;
      if (entry.route === 'api' && entry.status === 401) counts.api401s += 1;
      if (sent) counts.sends += 1;
    },
    noteRedirect() {
      counts.redirectsFollowed += 1;
    },
    read: () => ({
      ...counts,
      grants: structuredClone(grants),
      refreshTokens: readAll(byToken, (gauge) => gauge.read()),
      parallelRefreshes: highest(byToken.values()),
      concurrentTokenRequests: {
        peak: all.read().peak,
        byAccount: readAll(byAccount, (gauge) => gauge.read().peak),
      },
    }),
  };
}

function createGrantCounts(): Record<GrantType, { sent: number; granted: number }> {
  const none = { sent: 0, granted: 0 };
  return { password: { ...none }, authorization_code: { ...none }, refresh_token: { ...none } };
}

function gaugeOf(gauges: Map<string, Gauge>, name: string): Gauge {
  const gauge = gauges.get(name) ?? createGauge();
  gauges.set(name, gauge);
  return gauge;
}

function readAll<T>(
  gauges: ReadonlyMap<string, Gauge>,
  read: (gauge: Gauge) => T,
): Record<string, T> {
  return Object.fromEntries(Array.from(gauges, ([name, gauge]) => [name, read(gauge)]));
}

// Not `Math.max(...)`: a call has room for some 100,000 arguments, and there is a gauge for every
// refresh token ever sent.
function highest(gauges: Iterable<Gauge>): number {
  let peak = 0;
  for (const gauge of gauges) peak = Math.max(peak, gauge.read().peak);
  return peak;
}
