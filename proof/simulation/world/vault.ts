import type { Credentials } from '@act-on-token/core';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';
import type { User } from './world.ts';

/** What a user's own code does when it has a bad day. */
export type CallbackTrouble = 'hangs' | 'throws' | 'nonsense';

/** An error of a user's own code. */
export class UserError extends Error {}

/**
 * The code that a program hands to the library: where its credentials come from, and whether its
 * listeners throw.
 */
export class Vault {
  readonly #timeline: Timeline;
  readonly #life: Life;
  readonly #delay: () => number;
  #trouble: CallbackTrouble = 'throws';
  #until = 0;

  constructor(timeline: Timeline, life: Life, delay: () => number) {
    this.#timeline = timeline;
    this.#life = life;
    this.#delay = delay;
  }

  trouble(how: CallbackTrouble, duration: number): void {
    this.#trouble = how;
    this.#until = this.#timeline.now + duration;
  }

  /** From a vault that takes its time. */
  credentials(user: User): Credentials | Promise<Credentials> {
    const good = (): Credentials => ({ username: user.name, password: user.configured });
    const later = this.#delay();
    const after = <T>(run: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        this.#life.clock.setTimeout(
          () => {
            try {
              resolve(run());
            } catch (error) {
              reject(error);
            }
          },
          later,
          true,
        );
      });
    switch (this.#troubleNow()) {
      case 'hangs':
        return new Promise(() => {});
      case 'throws':
        if (later % 2 === 0) throw new UserError('the vault threw');
        return after(() => {
          throw new UserError('the vault refused');
        });
      case 'nonsense':
        return (later % 2 === 0 ? { username: user.name } : undefined) as unknown as Credentials;
      default:
        return after(good);
    }
  }

  /** Called by listeners, and wherever a user's code hands something over. */
  perhapsThrow(): void {
    if (this.#troubleNow() === 'throws') throw new UserError('a listener threw');
  }

  #troubleNow(): CallbackTrouble | null {
    return this.#timeline.now < this.#until ? this.#trouble : null;
  }
}
