// `node --expose-gc least-heap.ts`: the facts that a session has to hold, in as few objects as JavaScript allows: the bounds of what layout can save.
import { usedHeap } from '../harness/heap.ts';

const accounts = 100_000;
const text = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex');
const name = (index: number): string => Buffer.from(`account-${1_000_000 + index}@shop.org`).toString('latin1');

/** Two tokens and a time, by name: what any client holds. */
const twoTokens = (): object => ({ accessToken: text(), refreshToken: text(), expiresAt: Date.now() + Math.random() });

/** One object instead of session, account, replica, loop and what was told last, over the record as it is defined. */
class OneObject {
  readonly name: string;
  readonly environment: object;
  readonly version = text();
  readonly record = record();
  readonly handedOut: Promise<string> = Promise.resolve(this.record.pair.accessToken);
  handOutUntil = Date.now() + Math.random();
  livesUntil = Date.now() + Math.random();
  asOf = performance.now();
  calls = 1;
  /** Everything that only some accounts need. */
  rest: object | null = null;

  constructor(account: string, environment: object) {
    this.name = account;
    this.environment = environment;
  }
}

const none: readonly number[] = [];
const unblocked = { refresh: null, grant: null };
const record = () => ({
  schema: 1,
  lineage: 1,
  generation: 1,
  pair: {
    accessToken: text(),
    refreshToken: text(),
    issuedAt: Date.now() + Math.random(),
    expiresAt: Date.now() + Math.random(),
    unanswered: 0,
  },
  ended: null,
  claim: null,
  grants: none,
  blocked: unblocked,
  refused: null,
  conflicts: none,
  suspect: false,
});

/** The same, and the record's fields that hardly ever say anything behind one pointer, shared by all to whom they say nothing. */
class OneFlatObject {
  readonly name: string;
  readonly environment: object;
  readonly version = text();
  readonly accessToken = text();
  readonly refreshToken = text();
  readonly issuedAt = Date.now() + Math.random();
  readonly expiresAt = Date.now() + Math.random();
  readonly lineage = 1;
  readonly generation = 1;
  readonly handedOut: Promise<string> = Promise.resolve(this.accessToken);
  handOutUntil = Date.now() + Math.random();
  rest: object = unblocked;

  constructor(account: string, environment: object) {
    this.name = account;
    this.environment = environment;
  }
}

const environment = {};
const layouts: Readonly<Record<string, (account: string) => object>> = {
  'two tokens and a time': twoTokens,
  'one object, over the record as it is defined': (account) => new OneObject(account, environment),
  'one object, the record within': (account) => new OneFlatObject(account, environment),
};
for (const [title, make] of Object.entries(layouts)) {
  const held = new Map<string, object>();
  const before = await usedHeap();
  for (let index = 0; index < accounts; index += 1) {
    const account = name(index);
    held.set(account, make(account));
  }
  console.log(`${String(Math.round(((await usedHeap()) - before) / held.size)).padStart(6)}  ${title}`);
}
