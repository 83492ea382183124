import type { ActOnTokenError, SessionEvent, Snapshot } from '@act-on-token/core';
import type { BrokerAccount, SessionAnswer } from '../wire.ts';
import { localSnapshot, sameSnapshot, signedOut, unknownSnapshot, withError } from './snapshots.ts';

const kept = 20;
/** Two answers about one token differ by a round trip; another token lives minutes longer. */
export const sameToken = 5_000;

/** How things stand, as far as this page knows, and the one place from which others learn of a change. */
export class Standing {
  readonly #now: () => number;
  readonly #left: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #observers = new Set<(event: SessionEvent) => void>();
  readonly #history: { at: number; event: SessionEvent }[] = [];
  snapshot: Snapshot = unknownSnapshot;
  /** What the broker said last. */
  answer: SessionAnswer | null = null;
  /** Pairs and sign-ins that this page has seen: events number them. */
  #seen = 0;

  /** `left` is called when the account is not the one of before, or is signed out: what was kept for it is worth nothing. */
  constructor(now: () => number, left: () => void) {
    this.#now = now;
    this.#left = left;
  }

  get account(): BrokerAccount | null {
    return this.answer?.account ?? null;
  }

  get accounts(): readonly BrokerAccount[] {
    return this.answer?.accounts ?? [];
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** The last twenty events, oldest first. */
  get history(): readonly { at: number; event: SessionEvent }[] {
    return this.#history;
  }

  /** Tells one state from another, for other tabs: no token, and nothing that is of use elsewhere. */
  get print(): string {
    const { answer, snapshot } = this;
    return JSON.stringify([
      answer?.accounts.map(({ id }) => id),
      answer?.account?.id,
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

  adopt(answer: SessionAnswer, asked: number): void {
    const next = localSnapshot(answer, asked);
    const isAnother = this.answer !== null && this.answer.account?.id !== answer.account?.id;
    if (isAnother || !answer.active) this.#left();
    this.answer = answer;
    this.#tellChange(this.snapshot, next);
    this.show(next);
  }

  /** What went wrong shows until something goes well; whoever was signed in stays so. */
  fail(error: ActOnTokenError): void {
    this.tell({ type: 'refresh_failed', error });
    this.show(withError(this.snapshot, error));
  }

  signedOut(): void {
    this.#left();
    this.answer = this.answer && { ...this.answer, active: false, account: null, accounts: [] };
    const next = signedOut(this.snapshot);
    this.#tellChange(this.snapshot, next);
    this.show(next);
  }

  show(next: Snapshot): void {
    if (sameSnapshot(next, this.snapshot)) return;
    this.snapshot = next;
    for (const listener of [...this.#listeners]) safely(listener);
  }

  tell(event: SessionEvent): void {
    this.#history.push({ at: this.#now(), event });
    if (this.#history.length > kept) this.#history.shift();
    for (const observer of [...this.#observers]) safely(() => observer(event));
  }

  /** Events are about changes, so what is there at the first look is none. */
  #tellChange(before: Snapshot, after: Snapshot): void {
    if (!before.loaded) return;
    const [was, is] = [before.status !== 'idle', after.status !== 'idle'];
    const isNewer = (after.expiresAt ?? 0) > (before.expiresAt ?? 0) + sameToken;
    if (was && !is) this.tell({ type: 'signed_out' });
    else if (!was && is) this.tell({ type: 'signed_in', lineage: ++this.#seen });
    else if (isNewer && after.expiresAt !== null) this.tell({ type: 'adopted', generation: ++this.#seen, expiresAt: after.expiresAt });
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
