import type { ActOnTokenError, SessionEvent } from '@act-on-token/core';
import type { SessionAnswer } from '../wire.ts';
import type { Signed } from './gateway.ts';
import type { Owner } from './kept-token.ts';
import {
  type BrokerSnapshot,
  localSnapshot,
  sameSnapshot,
  unknownSnapshot,
  withError,
  without,
} from './snapshots.ts';

const kept = 20;
/** Two answers about one token differ by a round trip; another token lives minutes longer. */
export const sameToken = 5_000;

/**
 * How things stand, as far as this page knows, and the one place from which others learn of a
 * change.
 */
export class Standing {
  readonly #now: () => number;
  readonly #belongs: (owner: Owner | null) => void;
  readonly #listeners = new Set<() => void>();
  readonly #observers = new Set<(event: SessionEvent) => void>();
  readonly #history: { at: number; event: SessionEvent }[] = [];
  snapshot: BrokerSnapshot = unknownSnapshot;
  /** What the broker said last. */
  answer: Signed<SessionAnswer> | null = null;
  /** Pairs and sign-ins that this page has seen: events number them. */
  #seen = 0;

  /**
   * `belongs` gets the owner of the page whenever the broker said so: what was kept for another
   * owner is worthless.
   */
  constructor(now: () => number, belongs: (owner: Owner | null) => void) {
    this.#now = now;
    this.#belongs = belongs;
  }

  /** Whom the page shows, and as whom it acts; `null` if no one. */
  get owner(): Owner | null {
    const { account } = this.snapshot;
    return account && { accountId: account.id, signIn: this.answer?.signIn ?? '' };
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** The last twenty events, oldest first. */
  get history(): readonly { at: number; event: SessionEvent }[] {
    return this.#history;
  }

  /**
   * Distinguishes one state from another, for other tabs: no token, and nothing that is of use elsewhere.
   */
  get print(): string {
    const { answer, snapshot } = this;
    return JSON.stringify([
      snapshot.accounts.map(({ id }) => id),
      snapshot.account?.id,
      answer?.signIn,
      answer?.active,
      snapshot.status,
      answer?.snapshot.expiresAt,
    ]);
  }

  /** Each under an identity of its own, so that the same function may listen twice. */
  subscribe(listener: () => void): () => void {
    return added(this.#listeners, () => listener());
  }

  on(observer: (event: SessionEvent) => void): () => void {
    return added(this.#observers, (event) => observer(event));
  }

  adopt(answer: Signed<SessionAnswer>, asked: number): void {
    const before = this.snapshot;
    const isNewSignIn = this.answer?.signIn !== answer.signIn;
    this.answer = answer;
    this.show(localSnapshot(answer, asked), isNewSignIn);
    this.#belongs(answer.active ? this.owner : null);
    this.#tellChange(before);
  }

  /** What went wrong shows until something goes well; a signed-in user stays so. */
  fail(error: ActOnTokenError): void {
    this.show(withError(this.snapshot, error));
    this.tell({ type: 'refresh_failed', error });
  }

  /**
   * This browser is signed out of the account, says this page or another: that shows at once,
   * before the broker says what is left.
   */
  left(id: string): void {
    const before = this.snapshot;
    const after = without(before, id);
    if (after === before) return;
    if (after.account === null && this.answer !== null) {
      this.answer = { ...this.answer, active: false, signIn: '' };
      this.#belongs(null);
    }
    this.show(after);
    this.#tellChange(before);
  }

  /** `isNews`: something shows that the snapshot does not say, as who is signed in. */
  show(next: BrokerSnapshot, isNews = false): void {
    if (!isNews && sameSnapshot(next, this.snapshot)) return;
    this.snapshot = next;
    for (const listener of [...this.#listeners]) safely(listener);
  }

  tell(event: SessionEvent): void {
    this.#history.push({ at: this.#now(), event });
    if (this.#history.length > kept) this.#history.shift();
    for (const observer of [...this.#observers]) safely(() => observer(event));
  }

  /** Events are about changes, so what is there at the first look is none. */
  #tellChange(before: BrokerSnapshot): void {
    if (!before.loaded) return;
    const after = this.snapshot;
    const [was, is] = [before.status !== 'idle', after.status !== 'idle'];
    const isAnother = before.account !== null && before.account.id !== after.account?.id;
    const isNewer = (after.expiresAt ?? 0) > (before.expiresAt ?? 0) + sameToken;
    if (was && !is) this.tell({ type: 'signed_out' });
    else if (is && (!was || isAnother)) this.tell({ type: 'signed_in', lineage: ++this.#seen });
    else if (isNewer && after.expiresAt !== null)
      this.tell({ type: 'adopted', generation: ++this.#seen, expiresAt: after.expiresAt });
  }
}

function added<T>(set: Set<T>, own: T): () => void {
  set.add(own);
  return () => set.delete(own);
}

/** A listener cannot harm the others, nor the session. */
function safely(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    console.error('act-on-token: a listener threw.', error);
  }
}
