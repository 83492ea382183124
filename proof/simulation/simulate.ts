import type { Evidence, FaultType } from '../judge/evidence.ts';
import { isSilentLoss } from '../judge/record.ts';
import { viewOf } from '../judge/record-view.ts';
import { createRandom, type Random } from '../support/random.ts';
import { ActOnServer } from './world/act-on-server.ts';
import { Fleet } from './world/fleet.ts';
import { Log } from './world/log.ts';
import { Nemesis } from './world/nemesis.ts';
import { overhearErrors } from './world/overheard.ts';
import { employPeople } from './world/people.ts';
import { beginRounds } from './world/rounds.ts';
import { beginStillness } from './world/stillness.ts';
import type { BrokenStore } from './world/store-contract.ts';
import { StoreServer } from './world/store-server.ts';
import { Timeline } from './world/timeline.ts';
import { Watchdog } from './world/watchdog.ts';
import { Wire } from './world/wire.ts';
import { keyOf, type User, type World } from './world/world.ts';

export interface Scenario {
  readonly seed: number;
  readonly weeks: number;
  readonly processes: number;
  readonly accounts: number;
  readonly faults: readonly FaultType[];
  /** A store that breaks its contract all the time. */
  readonly store: BrokenStore | null;
}

export interface Simulated {
  readonly evidence: Evidence;
  /** The same for the same seed and the same code: a print of everything that happened. */
  readonly print: string;
  /** What ended processes that died of themselves, by life. */
  readonly crashes: ReadonlyMap<string, unknown>;
}

/** A Monday, so that each simulation has its weekends. */
const start = Date.UTC(2026, 5, 1);
const aWeek = 7 * 86_400_000;
/** Longer than any pause between two sends and any block that a server may impose. */
const quiet = 3 * 3_600_000;

/**
 * After so many findings a run is over: a library that breaks one promise after the other may never
 * come to its end.
 */
const enough = 50;

/** Plays one seed. The process must have nothing else to do: see {@link beginStillness}. */
export async function simulate(scenario: Scenario): Promise<Simulated> {
  const streams = createRandom(scenario.seed);
  const stream = (): Random => createRandom(streams.below(2 ** 32));
  beginStillness(stream());
  const world = createWorld(scenario, stream);
  const stopOverhearing = overhearErrors(world);
  const fleet = new Fleet(world, scenario.processes);
  employPeople(world, () => fleet.anyProgram());
  watch(world, new Nemesis(world, fleet, scenario.faults));
  beginRounds(world, fleet);
  const isHopeless = (): boolean => world.watchdog.findings.length + world.losses > enough;
  await world.timeline.pass(world.quietFrom + quiet, isHopeless);
  const to = world.timeline.now;
  if (!isHopeless()) await fleet.end();
  stopOverhearing();
  return {
    evidence: await evidenceOf(world, fleet, to),
    print: world.log.print(),
    crashes: world.crashes,
  };
}

function createWorld({ weeks, accounts, store }: Scenario, stream: () => Random): World {
  const timeline = new Timeline(start);
  const traits = stream();
  const log = new Log(timeline);
  const watchdog = new Watchdog(timeline);
  const requestTimeout = traits.pick([10_000, 10_000, 4_000, 30_000]);
  const users = Array.from({ length: accounts }, (_, index): User => {
    const name = `account-${index + 1}@simulation.test`;
    const password = `password of ${name}`;
    return {
      name,
      password,
      configured: password,
      isPersonComing: false,
      competitorUntil: 0,
      lastView: null,
      changedAt: 0,
    };
  });
  const server = new ActOnServer(
    timeline,
    serverTraits(traits),
    new Map(users.map(({ name, password }) => [name, password])),
  );
  return {
    ...{ timeline, log, server, users, watchdog },
    requestTimeouts: traits.below(3) > 0 ? [requestTimeout] : [requestTimeout, 4_000, 60_000],
    store: new StoreServer(timeline, stream(), storeTraits(traits), store),
    wire: new Wire(timeline, stream(), server, log, watchdog),
    random: { callers: stream(), nemesis: stream(), people: stream(), programs: stream() },
    looks: [],
    losses: 0,
    quietFrom: start + weeks * aWeek,
    crashes: new Map(),
    onNeed: () => {},
  };
}

/** What nobody knows of Act-On is one way or the other. */
function serverTraits(random: Random) {
  return {
    seed: String(random.below(2 ** 32)),
    reuseDetection: random.pick(['reject', 'revokeFamily'] as const),
    revokeOldAccess: random.below(2) > 0,
    limitRetryAfter: random.pick(['absent', 'seconds'] as const),
    rotate: random.below(8) > 0,
    grantLimit,
  };
}

/** One in three is a cluster, whose nodes have clocks of their own. */
function storeTraits(random: Random) {
  const ahead = random.between(-100_000, 100_000);
  const nodes = random.below(3) === 0 ? [ahead, ahead + random.between(-60_000, 60_000)] : [ahead];
  return { ahead: nodes, hintsOnReturn: random.below(2) > 0 };
}

const grantLimit = { limit: 5, window: 3_600_000 };

/** Tells the nemesis of claims, and looks at record and server whenever one of them changes. */
function watch(world: World, nemesis: Nemesis): void {
  const claims = new Set<string>();
  const byKey = new Map(world.users.map((user) => [keyOf(user), user]));
  const look = (user: User): void => {
    if (world.server.isForeign(user.name)) return;
    const live = world.server.liveOf(user.name);
    if (isSilentLoss(user.lastView, live)) world.losses += 1;
    world.looks.push({ at: world.timeline.now, account: user.name, record: user.lastView, live });
  };
  world.store.onWrite = (key, next, life) => {
    const user = byKey.get(key);
    if (user === undefined) return;
    user.lastView = viewOf(next);
    user.changedAt = world.timeline.now;
    look(user);
    const claim = user.lastView.claim?.id;
    if (claim === undefined || claims.has(claim)) return;
    claims.add(claim);
    nemesis.onClaim({ life, user });
  };
  world.wire.onCarriedOut = ({ account }) => {
    const user = world.users.find(({ name }) => name === account);
    if (user !== undefined) look(user);
  };
}

async function evidenceOf(world: World, fleet: Fleet, to: number): Promise<Evidence> {
  const { server, wire, log, users, looks, requestTimeouts, quietFrom, store, watchdog } = world;
  const records = await Promise.all(
    users.map(async (user) => [user.name, viewOf((await store.look(keyOf(user))).record)] as const),
  );
  const live = users.flatMap(({ name }) => {
    const token = server.liveOf(name);
    return token === null ? [] : [[name, token] as const];
  });
  const requestTimeout = Math.max(...requestTimeouts);
  const lease = requestTimeout + 20_000;
  return {
    terms: {
      lease,
      requestTimeout,
      grantLimit,
      from: start,
      quietFrom,
      to,
      callersAreSparse: true,
      readsLag: world.store.readsLag,
    },
    lives: fleet.stories(),
    exchanges: wire.exchanges,
    faults: log.faults,
    server: {
      requests: server.requests,
      live: Object.fromEntries(live),
      foreign: users.flatMap(({ name }) => (server.isForeign(name) ? [name] : [])),
      accessTokens: server.accessTokens,
      keepsTokens: server.keepsTokens,
    },
    records: Object.fromEntries(records),
    looks,
    checks: watchdog.checks,
    findings: watchdog.findings,
  };
}
