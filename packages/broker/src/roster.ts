import type { Settings } from './settings.ts';
import { type SharedValue, sharedValue } from './shared-value.ts';

/** A browser that is signed in to an account. */
export interface Member {
  /** Names the browser; stays the same over its sign-ins. No secret. */
  readonly browser: string;
  /** Names this sign-in: a cookie is worth something only while its session stands here. */
  readonly session: string;
  /** When it was last seen, by the store's clock, to the day. */
  readonly seenAt: number;
}

/** Beyond these the oldest go: nobody fills the store by signing in again and again. */
const mostMembers = 200;
/** Two tabs that sign in at the same time: the browser keeps the cookie of one of them, and nobody knows which. */
const together = 60_000;
const trustWithoutStore = 600_000;
const mostRemembered = 1_000;

/** Which browsers are signed in to which account, so that a sign-out counts on all servers, and for copies of a cookie too. */
export class Roster {
  readonly #settings: Settings;
  /** What was read last, for when the store is down. */
  readonly #remembered = new Map<string, { members: readonly Member[]; at: number }>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Adds a sign-in, in place of what the same browser had. */
  async join(account: string, browser: string, session: string): Promise<void> {
    await this.#change(account, (members, now) => joined(members, { browser, session, seenAt: now }));
  }

  /** Whether it is there. Without its store it goes by what it read within the last ten minutes, else rejects with `store_unavailable`. */
  async has(account: string, browser: string, session: string): Promise<boolean> {
    const members = await this.#read(account);
    return members.some((member) => member.browser === browser && member.session === session);
  }

  /** Whether no browser is signed in to it. */
  async isEmpty(account: string): Promise<boolean> {
    return (await this.#read(account)).length === 0;
  }

  /** Notes that the browser is still in use. */
  async renew(account: string, browser: string): Promise<void> {
    await this.#change(account, (members, now) =>
      members.map((member) => (member.browser === browser ? { ...member, seenAt: now } : member)),
    );
  }

  /** Takes the browser out. True if it was the last one. */
  async leave(account: string, browser: string): Promise<boolean> {
    const left = await this.#change(account, (members) => members.filter((member) => member.browser !== browser));
    return left.length === 0;
  }

  async #change(account: string, edit: (members: readonly Member[], now: number) => readonly Member[]): Promise<readonly Member[]> {
    const { sessionLifetime } = this.#settings;
    const members = await this.#browsersOf(account).change((value, now) => edit(living(value, now, sessionLifetime), now));
    this.#remember(account, members);
    return members;
  }

  async #read(account: string): Promise<readonly Member[]> {
    try {
      const { value, now } = await this.#browsersOf(account).read();
      const members = living(value, now, this.#settings.sessionLifetime);
      this.#remember(account, members);
      return members;
    } catch (error) {
      const known = this.#remembered.get(account);
      if (known === undefined || this.#settings.now() - known.at > trustWithoutStore) throw error;
      return known.members;
    }
  }

  #browsersOf(account: string): SharedValue<readonly Member[]> {
    return sharedValue(this.#settings, 'browsers', account, decode);
  }

  #remember(account: string, members: readonly Member[]): void {
    this.#remembered.delete(account);
    this.#remembered.set(account, { members, at: this.#settings.now() });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

function joined(members: readonly Member[], member: Member): readonly Member[] {
  const others = members.filter(({ browser, seenAt }) => browser !== member.browser || member.seenAt - seenAt < together);
  return [...others, member].slice(-mostMembers);
}

function living(members: readonly Member[], now: number, lifetime: number): readonly Member[] {
  return members.filter(({ seenAt }) => now - seenAt < lifetime + together);
}

/** What cannot be read counts as nobody: that signs out, and never in. */
function decode(stored: unknown): readonly Member[] {
  return Array.isArray(stored) ? stored.filter(isMember) : [];
}

function isMember(value: unknown): value is Member {
  const { browser, session, seenAt } = Object(value) as Record<string, unknown>;
  return typeof browser === 'string' && typeof session === 'string' && typeof seenAt === 'number';
}
