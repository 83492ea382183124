import type { Session, Snapshot } from '@act-on-token/core';
import { print } from '../../judge/record-view.ts';
import type { Life } from './life.ts';
import type { Vault } from './vault.ts';
import { keyOf, type User, type World } from './world.ts';

/** After so much quiet everybody who listens knows: a minute, and what an answer takes. */
const quiet = 75_000;
/** Near its end one may call a token dead and another alive. */
const aboutTheEnd = 120_000;

interface Listener {
  readonly session: Session;
  /** The last snapshot that it was told of. */
  seen: Snapshot | null;
}

/** Those of a program who show the state of an account to somebody. */
export class Listeners {
  readonly #world: World;
  readonly #life: Life;
  readonly #all = new Map<string, Listener>();

  constructor(world: World, life: Life, vault: Vault, sessionOf: (account: string) => Session) {
    this.#world = world;
    this.#life = life;
    for (const { name } of world.users) {
      const session = sessionOf(name);
      const listener: Listener = { session, seen: null };
      this.#all.set(name, listener);
      session.subscribe(() => {
        listener.seen = session.getSnapshot();
        vault.perhapsThrow();
      });
      session.on(() => vault.perhapsThrow());
      listener.seen = session.getSnapshot();
    }
  }

  /** Some time after the last change of a record. */
  check(user: User): void {
    const { timeline, store, watchdog } = this.#world;
    const listener = this.#all.get(user.name);
    const key = keyOf(user);
    const since = timeline.now - quiet;
    if (listener === undefined || user.lastView === null || !this.#isUndisturbed(since)) return;
    const hint = store.wayOf(this.#life.name).hints.get(key);
    const isHinted = hint !== undefined && hint.at >= user.changedAt && !hint.isLost;
    if (!isHinted || !store.servedSince(this.#life.name, since, key)) return;
    watchdog.count('listeners that saw the last state');
    const wrong = this.#whatIsWrong(user, listener);
    if (wrong !== null)
      watchdog.find(
        'informed',
        user.name,
        `${this.#life.name} listens, and ${quiet} ms after the last change ${wrong}`,
      );
  }

  /** Some time after the store came back. */
  checkRecovery(user: User, since: number): void {
    const { store, watchdog } = this.#world;
    const listener = this.#all.get(user.name);
    if (
      listener === undefined ||
      !this.#isUndisturbed(since) ||
      !store.servedSince(this.#life.name, since, keyOf(user))
    )
      return;
    watchdog.count('listeners that learned that the store is back');
    const { error, loaded } = listener.session.getSnapshot();
    if (error?.code !== 'store_unavailable' && loaded) return;
    const story = `${this.#life.name} listens, and still shows ${error?.code ?? 'nothing'} long after the store came back`;
    watchdog.find('informed', user.name, story);
  }

  #isUndisturbed(since: number): boolean {
    return (
      this.#life.runs &&
      this.#life.closingAt === null &&
      this.#life.startedAt < since &&
      this.#life.disturbedAt < since
    );
  }

  #whatIsWrong(user: User, { session, seen }: Listener): string | null {
    const { server, timeline } = this.#world;
    const record = user.lastView;
    const snapshot = session.getSnapshot();
    if (record === null || !snapshot.saved) return null;
    const isIdle = record.ended === 'signed_out';
    if (record.refresh !== null && snapshot.status === 'idle') return 'shows idle';
    if (isIdle && snapshot.status !== 'idle') return `shows ${snapshot.status} after a sign-out`;
    if (seen?.status !== snapshot.status || seen.needsGrant !== snapshot.needsGrant)
      return `was not told of ${snapshot.status}`;
    const token = session.currentAccessToken();
    const known = token === undefined ? null : print(token);
    const expiresAt =
      record.access === null ? 0 : (server.accessTokens[record.access]?.expiresAt ?? 0);
    if (record.access !== null && Math.abs(expiresAt - timeline.now) < aboutTheEnd) return null;
    const isLate = known === null || known === record.access;
    if (record.access === null || expiresAt < timeline.now)
      return isLate ? null : `has the token ${known}`;
    // An answer that told a shorter life is believed.
    return isLate ? null : `has the token ${known} instead of ${record.access}`;
  }
}
