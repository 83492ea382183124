import type { FaultType } from '../../judge/evidence.ts';
import type { Random } from '../../support/random.ts';
import type { Fleet } from './fleet.ts';
import type { Life } from './life.ts';
import { anyScale } from './network.ts';
import { bringToken, changePassword, signInTwice } from './people.ts';
import { longestLag } from './store-server.ts';
import type { CallbackTrouble } from './vault.ts';
import type { Mishap } from './wire.ts';
import { keyOf, type User, type World } from './world.ts';

const aSecond = 1_000;
const aMinute = 60 * aSecond;
const anHour = 60 * aMinute;
const aDay = 24 * anHour;

/**
 * Whom a strike may concern: the process that has just written a claim, and the user whose record
 * it is.
 */
interface Target {
  readonly life: Life;
  readonly user: User;
}

type Strike = (nemesis: Nemesis, target: Target) => void;

/**
 * What happens around an exchange with the token endpoint, and how many cards of each sort lie in
 * the deck.
 */
const closeStrikes: readonly (readonly [cards: number, FaultType, Strike])[] = [
  [6, 'kill_holder', (nemesis, { life }) => nemesis.kill('kill_holder', life)],
  [6, 'pause_holder', (nemesis, { life }) => nemesis.pause('pause_holder', life)],
  [3, 'pause_sleep', (nemesis, { life }) => nemesis.pause('pause_sleep', life)],
  [3, 'pause_other', (nemesis) => nemesis.pause('pause_other', nemesis.fleet.anyLife())],
  [
    3,
    'clock_forward',
    (nemesis, { life }) =>
      nemesis.turnClock(
        'clock_forward',
        nemesis.random.below(2) > 0 ? life : nemesis.fleet.anyLife(),
      ),
  ],
  [
    3,
    'clock_back',
    (nemesis, { life }) =>
      nemesis.turnClock('clock_back', nemesis.random.below(2) > 0 ? life : nemesis.fleet.anyLife()),
  ],
  [
    3,
    'http_refused',
    (nemesis, target) => nemesis.spoil('http_refused', target, () => ({ fate: 'refused' })),
  ],
  [
    4,
    'http_request_lost',
    (nemesis, target) =>
      nemesis.spoil('http_request_lost', target, () => ({ fate: 'request_lost' })),
  ],
  [
    8,
    'http_answer_lost',
    (nemesis, target) => nemesis.spoil('http_answer_lost', target, () => ({ fate: 'answer_lost' })),
  ],
  [
    5,
    'http_reset',
    (nemesis, target) => nemesis.spoil('http_reset', target, () => ({ fate: 'reset' })),
  ],
  [
    3,
    'http_answer_cut',
    (nemesis, target) => nemesis.spoil('http_answer_cut', target, () => ({ fate: 'cut' })),
  ],
  [
    4,
    'http_bad_gateway',
    (nemesis, target) => nemesis.spoil('http_bad_gateway', target, () => ({ fate: 'bad_gateway' })),
  ],
  [
    5,
    'http_slow',
    (nemesis, target) => nemesis.spoil('http_slow', target, (life) => nemesis.slowness(life)),
  ],
  [
    5,
    'http_late_answer',
    (nemesis, target) =>
      nemesis.spoil('http_late_answer', target, (life) => nemesis.lateness(life)),
  ],
  [2, 'http_stuck', (nemesis, target) => nemesis.stick(target)],
  [
    2,
    'http_odd_answer',
    (nemesis, target) => nemesis.spoil('http_odd_answer', target, () => nemesis.oddness()),
  ],
  [4, 'close_holder', (nemesis, { life }) => nemesis.close('close_holder', life)],
  [2, 'close_other', (nemesis) => nemesis.close('close_other', nemesis.fleet.anyLife())],
  [
    3,
    'page_hidden',
    (nemesis, { life }) =>
      nemesis.hide(nemesis.random.below(2) > 0 ? life : nemesis.fleet.anyLife()),
  ],
  [3, 'callback_hangs', (nemesis, { life }) => nemesis.troubleCallbacks('callback_hangs', life)],
  [3, 'callback_throws', (nemesis, { life }) => nemesis.troubleCallbacks('callback_throws', life)],
  [
    2,
    'callback_nonsense',
    (nemesis, { life }) => nemesis.troubleCallbacks('callback_nonsense', life),
  ],
  [
    3,
    'store_lags',
    (nemesis, { life }) =>
      nemesis.lagStore(nemesis.random.below(2) > 0 ? life : nemesis.fleet.anyLife()),
  ],
  [3, 'store_nonsense', (nemesis, { life }) => nemesis.confuseStore(life)],
  [2, 'store_field_lost', (nemesis, { user }) => nemesis.loseField(user)],
  [
    3,
    'http_throttled',
    (nemesis, target) => nemesis.spoil('http_throttled', target, () => nemesis.throttling()),
  ],
  [
    5,
    'store_answer_lost',
    (nemesis, { life }) => nemesis.loseStoreCalls('store_answer_lost', life),
  ],
  [
    3,
    'store_request_lost',
    (nemesis, { life }) => nemesis.loseStoreCalls('store_request_lost', life),
  ],
  [4, 'store_slow', (nemesis, { life }) => nemesis.slowStore(life)],
  [4, 'store_down', (nemesis) => nemesis.stopStore(anyScale(nemesis.random, 100, 5 * aMinute))],
];

/**
 * What happens now and then, whoever is at work: the mean time between two, for the whole
 * simulation.
 */
const farStrikes: readonly (readonly [every: number, FaultType, (nemesis: Nemesis) => void])[] = [
  [4 * aDay, 'kill_other', (nemesis) => nemesis.kill('kill_other', nemesis.fleet.anyLife())],
  [3 * aDay, 'restart', (nemesis) => nemesis.restart(nemesis.fleet.anyLife())],
  [3 * aDay, 'pause_other', (nemesis) => nemesis.pause('pause_other', nemesis.fleet.anyLife())],
  [2 * aDay, 'pause_sleep', (nemesis) => nemesis.pause('pause_sleep', nemesis.fleet.anyLife())],
  [
    5 * aDay,
    'clock_forward',
    (nemesis) => nemesis.turnClock('clock_forward', nemesis.fleet.anyLife()),
  ],
  [5 * aDay, 'clock_back', (nemesis) => nemesis.turnClock('clock_back', nemesis.fleet.anyLife())],
  [
    6 * aDay,
    'store_down',
    (nemesis) => nemesis.stopStore(anyScale(nemesis.random, aSecond, 2 * anHour)),
  ],
  [5 * aDay, 'server_down', (nemesis) => nemesis.stopServer()],
  [5 * aDay, 'server_restart', (nemesis) => nemesis.restartServer()],
  [10 * aDay, 'competitor', (nemesis) => nemesis.compete()],
  [10 * aDay, 'revoked', (nemesis) => nemesis.revoke()],
  [14 * aDay, 'password_changed', (nemesis) => changePassword(nemesis.world, nemesis.anyUser())],
  [14 * aDay, 'signed_out', (nemesis) => nemesis.signOut()],
  [10 * aDay, 'token_poisoned', (nemesis) => nemesis.poison()],
  [
    7 * aDay,
    'callback_hangs',
    (nemesis) => nemesis.troubleCallbacks('callback_hangs', nemesis.fleet.anyLife()),
  ],
  [
    7 * aDay,
    'callback_throws',
    (nemesis) => nemesis.troubleCallbacks('callback_throws', nemesis.fleet.anyLife()),
  ],
  [5 * aDay, 'page_hidden', (nemesis) => nemesis.hide(nemesis.fleet.anyLife())],
  [10 * aDay, 'store_clock_back', (nemesis) => nemesis.setStoreBack()],
  [10 * aDay, 'store_clock_leap', (nemesis) => nemesis.leapStoreClock()],
  [7 * aDay, 'signed_in_twice', (nemesis) => nemesis.signInTwice()],
  [10 * aDay, 'imported', (nemesis) => nemesis.bringToken()],
];

/**
 * Strikes by chance, mostly where it hurts: around an exchange with the token endpoint, which takes
 * less than a second in an hour.
 */
export class Nemesis {
  readonly world: World;
  readonly random: Random;
  readonly fleet: Fleet;
  readonly #chosen: (type: FaultType) => boolean;
  readonly #deck: readonly Strike[];

  constructor(world: World, fleet: Fleet, chosen: readonly FaultType[]) {
    this.world = world;
    this.random = world.random.nemesis;
    this.fleet = fleet;
    this.#chosen = (type) => chosen.includes(type);
    this.#deck = closeStrikes
      .filter(([, type]) => this.#chosen(type))
      .flatMap(([cards, , strike]) => Array.from({ length: cards }, () => strike));
    for (const [every, type, strike] of farStrikes)
      if (this.#chosen(type)) this.#repeat(every, strike);
  }

  /** A process has written a claim: one in four meets something, one in sixteen more than that. */
  onClaim(target: Target): void {
    const [strike, ...more] = this.#deck;
    if (strike === undefined || !this.#isTime()) return;
    for (let left = 3; left > 0 && this.random.below(4) === 0; left -= 1) {
      const chosen = this.random.pick([strike, ...more]);
      this.world.timeline.after(this.#moment(target), () => this.#isTime() && chosen(this, target));
    }
  }

  anyUser(): User {
    const [first, ...rest] = this.world.users;
    return this.random.pick([first as User, ...rest]);
  }

  kill(type: 'kill_holder' | 'kill_other', life: Life | null): void {
    if (life === null || !life.isAlive) return;
    this.world.log.fault(type, 0, life.name, null);
    this.fleet.kill(life, anyScale(this.random, 500, 20 * aMinute));
  }

  /** Often by about a lease: there a process wakes up when somebody else goes to work. */
  pause(type: 'pause_holder' | 'pause_other' | 'pause_sleep', life: Life | null): void {
    if (life === null || !life.runs) return;
    const term = life.lease;
    const isClose = this.random.below(2) > 0;
    const longest = type === 'pause_sleep' ? 10 * anHour : anHour;
    const duration = this.#inTime(
      isClose ? this.random.between(term / 2, 2 * term) : anyScale(this.random, 100, longest),
    );
    this.world.log.fault(type, duration, life.name, null);
    life.stop(duration, type === 'pause_sleep', this.random.below(3) > 0);
  }

  turnClock(type: 'clock_forward' | 'clock_back', life: Life | null): void {
    if (life === null) return;
    const by = anyScale(this.random, 100, 3 * anHour);
    this.world.log.fault(type, by, life.name, null);
    life.machine.ahead += type === 'clock_forward' ? by : -by;
  }

  /** The next token request of this account; that it strikes one is noted when it does. */
  spoil(type: FaultType, { user }: Target, mishapOf: (life: Life) => Mishap): void {
    this.world.wire.arm(user.name, (life) => {
      const mishap = mishapOf(life);
      const { before = 0, after = 0 } = mishap;
      this.world.log.fault(type, Math.min(before + after, life.lease), life.name, user.name);
      return mishap;
    });
  }

  /**
   * Never so late that another request may be under way: what arrives after that is in nobody's
   * hands.
   */
  slowness({ requestTimeout }: Life): Mishap {
    const most = requestTimeout + 2 * aSecond;
    const all =
      this.random.below(3) > 0
        ? this.random.between(100, requestTimeout - 100)
        : this.random.between(most - 4 * aSecond, most);
    const before = this.random.between(0, all);
    return { before, after: all - before };
  }

  /**
   * Slow and good: later than any caller waits, and soon enough to be written down under the claim.
   */
  lateness({ requestTimeout }: Life): Mishap {
    const all = this.random.between(requestTimeout + 200, requestTimeout + 11 * aSecond);
    const before = this.random.between(0, all);
    return { before, after: all - before };
  }

  /** A refresh: how many grants come within an hour, and when, only their claims can tell. */
  stick(target: Target): void {
    if (target.user.lastView?.claim?.purpose === 'grant') return;
    this.spoil('http_stuck', target, ({ lease }) => ({
      before: this.random.between(lease, lease + 50 * aSecond),
      isStuck: true,
    }));
  }

  /** An answer from which there is little to be had. */
  oddness(): Mishap {
    const bodies = [
      { expires_in: 0 },
      { expires_in: 3 },
      { access_token: '' },
      { access_token: null },
      { expires_in: 'soon' },
    ] as const;
    return {
      struck: {
        kind: 'bad_body',
        body: this.random.pick([...bodies] as [
          (typeof bodies)[number],
          ...(typeof bodies)[number][],
        ]),
      },
    };
  }

  close(type: 'close_holder' | 'close_other', life: Life | null): void {
    if (life === null || !life.runs) return;
    this.world.log.fault(type, 0, life.name, null);
    this.fleet.restart(life);
  }

  restart(life: Life | null): void {
    if (life === null) return;
    this.world.log.fault('restart', 0, life.name, null);
    this.fleet.restart(life);
  }

  hide(life: Life | null): void {
    if (life === null || !life.runs) return;
    const duration = this.#inTime(anyScale(this.random, aMinute, 2 * anHour));
    this.world.log.fault('page_hidden', duration, life.name, null);
    life.hide(duration);
  }

  troubleCallbacks(
    type: 'callback_hangs' | 'callback_throws' | 'callback_nonsense',
    life: Life | null,
  ): void {
    const program = this.fleet.programs.find((each) => each.life === life);
    if (program === undefined) return;
    const duration = this.#inTime(anyScale(this.random, aSecond, anHour));
    this.world.log.fault(type, duration, program.life.name, null);
    program.vault.trouble(type.slice('callback_'.length) as CallbackTrouble, duration);
  }

  lagStore(life: Life | null): void {
    if (life === null) return;
    const way = this.world.store.wayOf(life.name);
    const duration = this.#inTime(anyScale(this.random, 10 * aSecond, anHour));
    this.world.log.fault('store_lags', duration + longestLag, life.name, null);
    way.lagsUntil = this.world.timeline.now + duration;
    way.lag = anyScale(this.random, 100, longestLag);
  }

  confuseStore(life: Life): void {
    const duration = this.#inTime(anyScale(this.random, aSecond, 2 * aMinute));
    this.world.log.fault('store_nonsense', duration, life.name, null);
    this.world.store.wayOf(life.name).confusedUntil = this.world.timeline.now + duration;
  }

  loseField(user: User): void {
    const duration = this.#inTime(anyScale(this.random, aSecond, 5 * aMinute));
    this.world.log.fault('store_field_lost', duration, null, user.name);
    this.world.store.loseField(keyOf(user), this.world.timeline.now + duration);
  }

  /** As after a fail-over to a machine whose clock is behind. */
  setStoreBack(): void {
    const by = this.#inTime(anyScale(this.random, aSecond, 10 * aMinute));
    this.world.log.fault('store_clock_back', by, null, null);
    this.world.store.setBack(by);
  }

  /** The clock of its machine is ahead for a moment, and is put right. */
  leapStoreClock(): void {
    const by = anyScale(this.random, 2 * anHour, aDay);
    this.world.log.fault('store_clock_leap', 0, null, null);
    this.world.store.leap(by);
  }

  poison(): void {
    const user = this.anyUser();
    this.world.log.fault('token_poisoned', this.#inTime(2 * anHour), null, user.name);
    this.world.server.poison(user.name);
  }

  signInTwice(): void {
    signInTwice(this.world, this.anyUser(), () => this.fleet.anyProgram());
  }

  bringToken(): void {
    const program = this.fleet.anyProgram();
    if (program !== null) void bringToken(this.world, this.anyUser(), program);
  }

  throttling(): Mishap {
    const retryAfter = this.random.between(1, 900);
    return {
      struck:
        this.random.below(2) > 0
          ? { kind: 'too_many_requests' }
          : { kind: 'too_many_requests', retryAfter },
    };
  }

  loseStoreCalls(type: 'store_answer_lost' | 'store_request_lost', life: Life): void {
    const way = this.world.store.wayOf(life.name);
    const what = type === 'store_answer_lost' ? 'lostAnswers' : 'lostRequests';
    this.world.log.fault(type, 8 * aSecond, life.name, null);
    way[what] += this.random.between(1, 3);
    // What it did not meet by then it does not meet.
    this.world.timeline.after(4 * aSecond, () => {
      way[what] = 0;
    });
  }

  slowStore(life: Life): void {
    const duration = anyScale(this.random, aSecond, 2 * aMinute);
    this.world.log.fault('store_slow', duration, life.name, null);
    this.world.store.wayOf(life.name).slowUntil = this.world.timeline.now + duration;
  }

  stopStore(wish: number): void {
    const duration = this.#inTime(wish);
    this.world.log.fault('store_down', duration, null, null);
    this.world.store.goDown(duration, this.random.below(2) > 0);
  }

  stopServer(): void {
    const { wire, timeline, log } = this.world;
    const duration = this.#inTime(anyScale(this.random, aSecond, 4 * anHour));
    log.fault('server_down', duration, null, null);
    wire.down = {
      until: timeline.now + duration,
      as: this.random.pick(['refused', 'request_lost', 'bad_gateway', 'bad_gateway']),
    };
  }

  restartServer(): void {
    const { wire, timeline, log, server } = this.world;
    const duration = anyScale(this.random, aSecond, aMinute);
    log.fault('server_restart', duration, null, null);
    wire.down = { until: timeline.now + duration, as: 'refused' };
    timeline.after(duration, () => server.restart());
  }

  /** Another installation signs in as the same user, and goes on as programs do. */
  compete(): void {
    const user = this.anyUser();
    const { timeline, log } = this.world;
    const duration = anyScale(this.random, aMinute, 12 * anHour);
    log.fault('competitor', duration, null, user.name);
    user.competitorUntil = timeline.now + duration;
    void this.#competitorSignsIn(user);
  }

  async #competitorSignsIn(user: User): Promise<void> {
    const { timeline, server, log } = this.world;
    if (timeline.now > user.competitorUntil || !this.#isTime()) return;
    log.note('competitor', [user.name, (await server.tokenFor(user)) !== null]);
    timeline.after(
      this.random.between(20 * aMinute, 2 * anHour),
      () => void this.#competitorSignsIn(user),
    );
  }

  revoke(): void {
    const user = this.anyUser();
    this.world.log.fault('revoked', 0, null, user.name);
    this.world.server.revoke(user.name);
  }

  signOut(): void {
    const user = this.anyUser();
    const program = this.fleet.anyProgram();
    if (program === null) return;
    this.world.log.fault('signed_out', 0, null, user.name);
    void program.signOut(user);
  }

  /**
   * From the claim on: before its answer is there, while the request is under way, while its answer
   * is written, any time within a lease.
   */
  #moment({ life }: Target): number {
    const within = this.random.pick([6, 6, 60, 1_000, life.lease]);
    return this.random.below(within);
  }

  /** A fault is over when the quiet time begins. */
  #inTime(duration: number): number {
    return Math.max(1, Math.min(duration, this.world.quietFrom - this.world.timeline.now));
  }

  #isTime(): boolean {
    return this.world.timeline.now < this.world.quietFrom;
  }

  #repeat(every: number, strike: (nemesis: Nemesis) => void): void {
    const next = (): void =>
      void this.world.timeline.after(this.random.between(every / 10, (19 * every) / 10), () => {
        if (!this.#isTime()) return;
        strike(this);
        next();
      });
    next();
  }
}
