import type { ActOnTokenError, SessionEvent, Snapshot } from '@act-on-token/core';
import type { BrokerAccount, SessionAnswer } from '../wire.ts';
import type { Signed } from './gateway.ts';
import type { Owner } from './kept-token.ts';
import { localSnapshot, sameSnapshot, signedOut, unknownSnapshot, withError } from './snapshots.ts';

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
  snapshot: Snapshot = unknownSnapshot;
  /** What the broker said last. */
  answer: Signed<SessionAnswer> | null = null;
  /** Pairs and sign-ins that this page has seen: events number them. */
  #seen = 0;

  /**
   * `belongs` gets the owner of the page whenever the broker said so: what was kept for anybody else
   * is worth nothing.
   */
  constructor(now: () => number, belongs: (owner: Owner | null) => void) {
    this.#now = now;
    this.#belongs = belongs;
  }

  get account(): BrokerAccount | null {
    return this.answer?.account ?? null;
  }

  get accounts(): readonly BrokerAccount[] {
    return this.answer?.accounts ?? [];
  }

  /** Whom the page shows, and as whom it acts; `null` if no one. */
  get owner(): Owner | null {
    const { account, signIn = '' } = this.answer ?? {};
    return account ? { accountId: account.id, signIn } : null;
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
      answer?.accounts.map(({ id }) => id),
      answer?.account?.id,
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
    const next = localSnapshot(answer, asked);
    const before = whoIn(this.answer);
    const isAnother = this.owner !== null && this.owner.accountId !== answer.account?.id;
    this.answer = answer;
    this.#belongs(answer.active ? this.owner : null);
    this.#tellChange(this.snapshot, next, isAnother);
    this.show(next, before !== whoIn(answer));
  }

  /** What went wrong shows until something goes well; a signed-in user stays so. */
  fail(error: ActOnTokenError): void {
    this.tell({ type: 'refresh_failed', error });
    this.show(withError(this.snapshot, error));
  }

  signedOut(): void {
    this.#belongs(null);
    this.answer = this.answer && {
      ...this.answer,
      active: false,
      account: null,
      signIn: '',
      accounts: [],
    };
    const next = signedOut(this.snapshot);
    this.#tellChange(this.snapshot, next, false);
    this.show(next, true);
  }

  /** `isNews`: something shows that the snapshot does not say, as who is signed in. */
  show(next: Snapshot, isNews = false): void {
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
  #tellChange(before: Snapshot, after: Snapshot, isAnother: boolean): void {
    if (!before.loaded) return;
    const [was, is] = [before.status !== 'idle', after.status !== 'idle'];
    const isNewer = (after.expiresAt ?? 0) > (before.expiresAt ?? 0) + sameToken;
    if (was && !is) this.tell({ type: 'signed_out' });
    else if (is && (!was || isAnother)) this.tell({ type: 'signed_in', lineage: ++this.#seen });
    else if (isNewer && after.expiresAt !== null)
      this.tell({ type: 'adopted', generation: ++this.#seen, expiresAt: after.expiresAt });
  }
}

/** Who is signed in, as far as a page shows it. */
const whoIn = (answer: Signed<SessionAnswer> | null): string =>
  JSON.stringify([answer?.account, answer?.signIn, answer?.accounts]);

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
