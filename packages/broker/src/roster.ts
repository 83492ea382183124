import type { Settings } from './settings.ts';
import { type SharedValue, sharedValue } from './shared-value.ts';
import { randomText } from './text.ts';

/** A browser that is signed in to an account. */
export interface Member {
  /** Names the browser; stays the same over its sign-ins. No secret. */
  readonly browser: string;
  /** Names this session: a cookie is worth something only while its session stands here. */
  readonly session: string;
  /** When it was last seen, by the store's clock, to the day. */
  readonly seenAt: number;
  /** When the person signed in, by the store's clock. */
  readonly since: number;
  /**
   * The session that it takes the place of, as long as no request has come with it: its cookie may have
   * got lost on the way.
   */
  readonly replaces?: string;
  /** When it ends, because another one has taken its place. */
  readonly endsAt?: number;
}

interface Members {
  /** Counts changes. */
  readonly revision: number;
  /**
   * Names the last few of them, the newest first: a list that does not descend from the one of
   * before went back in time.
   */
  readonly line: readonly string[];
  readonly members: readonly Member[];
}

interface Known extends Members {
  /** By the store's clock, and by this server's. */
  readonly storeNow: number;
  readonly at: number;
}

type Edit = (members: readonly Member[], now: number) => readonly Member[] | null;

/** Beyond these the oldest go: nobody fills the store by signing in again and again. */
const mostMembers = 200;
/**
 * Two tabs that sign in or renew at the same time: the browser keeps the cookie of one of them, and
 * nobody knows which.
 */
const together = 60_000;
const trustWithoutStore = 600_000;
const mostRemembered = 1_000;
const longestLine = 16;

/**
 * Which browsers are signed in to which account, so that a sign-out counts on all servers, and for
 * copies of a cookie too.
 */
export class Roster {
  readonly #settings: Settings;
  /** What was there last: for when the store is down, and to notice that it went back in time. */
  readonly #remembered = new Map<string, Known>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Adds a sign-in, in place of what the same browser had. */
  async join(account: string, browser: string, session: string): Promise<void> {
    await this.#change(account, (members, now) =>
      joined(members, { browser, session, seenAt: now, since: now }),
    );
  }

  /**
   * Whether it is there. Without its store it goes by what it read within the last ten minutes,
   * otherwise rejects with `store_unavailable`.
   */
  async has(account: string, browser: string, session: string): Promise<boolean> {
    const member = find(await this.#read(account), browser, session);
    // It has arrived, so the one before it ends. A store that is down puts that off.
    if (member?.replaces !== undefined)
      await this.#change(account, confirmed(browser, session)).catch(() => {});
    return member !== undefined;
  }

  /** Whether no browser is signed in to it. */
  async isEmpty(account: string): Promise<boolean> {
    return (await this.#read(account)).length === 0;
  }

  /**
   * Notes that the browser is still in use, and gives it another session, whose name it resolves
   * with; `null` if it has none. The old one counts until a request comes with the new one, and a
   * minute longer. So of two that have the same cookie one is signed out.
   */
  async renew(
    account: string,
    browser: string,
    session: string,
    next: string,
  ): Promise<string | null> {
    const members = await this.#change(account, renewed(browser, session, next));
    if (find(members, browser, session) === undefined) return null;
    return (
      members.find((member) => member.browser === browser && member.replaces === session)
        ?.session ?? null
    );
  }

  /** Takes the browser out. True if it was the last one. */
  async leave(account: string, browser: string): Promise<boolean> {
    const left = await this.#change(account, (members) =>
      members.filter((member) => member.browser !== browser),
    );
    return left.length === 0;
  }

  async #change(account: string, edit: Edit): Promise<readonly Member[]> {
    let [storeNow, isBack] = [0, false];
    const after = await this.#shared(account).change((value, now) => {
      const newest = this.#newest(account, value, now);
      [storeNow, isBack] = [now, newest !== value];
      const members = edit(this.#living(newest, now), now);
      if (members === null && !isBack) return null;
      const line = [randomText(4), ...newest.line].slice(0, longestLine);
      return { revision: newest.revision + 1, line, members: members ?? newest.members };
    });
    if (isBack) this.#settings.tell({ type: 'store_went_back', account });
    this.#remember(account, after, storeNow);
    return this.#living(after, storeNow);
  }

  async #read(account: string): Promise<readonly Member[]> {
    try {
      const { value, now } = await this.#shared(account).read();
      if (this.#newest(account, value, now) !== value)
        return await this.#change(account, () => null);
      this.#remember(account, value, now);
      return this.#living(value, now);
    } catch (error) {
      const known = this.#remembered.get(account);
      if (known === undefined || this.#settings.now() - known.at > trustWithoutStore) throw error;
      return known.members;
    }
  }

  /**
   * What the store has; or, if it went back to before what this server has seen, that, and who
   * signed in since: who was signed out stays so. A record that is gone altogether signs everybody
   * out, and stays gone.
   */
  #newest(account: string, value: Members, now: number): Members {
    const known = this.#remembered.get(account);
    if (known === undefined || value.revision === 0 || descends(value, known)) return value;
    // Of both, so that those who know either of them take it.
    const line = [...known.line.slice(0, longestLine / 2), ...value.line.slice(0, longestLine / 2)];
    const since = value.members.filter(
      (member) => member.since > known.storeNow && member.since <= now,
    );
    return {
      revision: Math.max(known.revision, value.revision),
      line,
      members: [...known.members, ...since],
    };
  }

  #living({ members }: Members, now: number): readonly Member[] {
    const { sessionLifetime, maxSessionAge } = this.#settings;
    return members.filter(
      ({ seenAt, since, endsAt = Number.POSITIVE_INFINITY }) =>
        now - seenAt < sessionLifetime + together &&
        now - since < maxSessionAge + together &&
        now < endsAt,
    );
  }

  #shared(account: string): SharedValue<Members> {
    return sharedValue(this.#settings, 'browsers', account, decode);
  }

  #remember(account: string, value: Members, storeNow: number): void {
    this.#remembered.delete(account);
    this.#remembered.set(account, {
      ...value,
      members: this.#living(value, storeNow),
      storeNow,
      at: this.#settings.now(),
    });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered && oldest !== undefined)
      this.#remembered.delete(oldest);
  }
}

/** Beyond the changes that a list can name, it is believed. */
function descends(value: Members, known: Known): boolean {
  const steps = value.revision - known.revision;
  const [last = ''] = known.line;
  return steps >= longestLine || (steps >= 0 && value.line.includes(last)) || last === '';
}

function find(members: readonly Member[], browser: string, session: string): Member | undefined {
  return members.find((member) => member.browser === browser && member.session === session);
}

function joined(members: readonly Member[], member: Member): readonly Member[] {
  const others = members.filter(
    ({ browser, seenAt }) => browser !== member.browser || member.seenAt - seenAt < together,
  );
  return [...others, member].slice(-mostMembers);
}

/** Tabs that renew together get one session between them; one that nobody came with is given up. */
function renewed(browser: string, session: string, next: string): Edit {
  return (members, now) => {
    const mine = find(members, browser, session);
    const isNext = (member: Member): boolean =>
      member.browser === browser && member.replaces === session;
    if (
      mine === undefined ||
      members.some((member) => isNext(member) && now - member.seenAt < together)
    )
      return null;
    const others = members.filter((member) => member !== mine && !isNext(member));
    return [
      ...others,
      { ...mine, seenAt: now },
      { browser, session: next, seenAt: now, since: mine.since, replaces: session },
    ].slice(-mostMembers);
  };
}

function confirmed(browser: string, session: string): Edit {
  return (members, now) => {
    const { replaces, ...mine } = find(members, browser, session) ?? {};
    if (replaces === undefined) return null;
    const isOld = (member: Member): boolean =>
      member.browser === browser && member.session === replaces;
    return members.map((member) => {
      if (isOld(member))
        return {
          ...member,
          endsAt: Math.min(member.endsAt ?? Number.POSITIVE_INFINITY, now + together),
        };
      return member.browser === browser && member.session === session ? (mine as Member) : member;
    });
  };
}

/** What cannot be read counts as nobody: that signs out, and never in. */
function decode(stored: unknown): Members {
  const { revision, line, members } = Object(stored) as Record<string, unknown>;
  const list = Array.isArray(stored) ? stored : Array.isArray(members) ? members : [];
  const names = Array.isArray(line) ? line.filter((name) => typeof name === 'string') : [];
  return {
    revision: typeof revision === 'number' ? revision : 0,
    line: names,
    members: list.flatMap(readMember),
  };
}

function readMember(value: unknown): Member[] {
  const {
    browser,
    session,
    seenAt,
    since = seenAt,
    replaces,
    endsAt,
  } = Object(value) as Record<string, unknown>;
  if (
    typeof browser !== 'string' ||
    typeof session !== 'string' ||
    typeof seenAt !== 'number' ||
    typeof since !== 'number'
  )
    return [];
  const more = {
    ...(typeof replaces === 'string' && { replaces }),
    ...(typeof endsAt === 'number' && { endsAt }),
  };
  return [{ browser, session, seenAt, since, ...more }];
}
