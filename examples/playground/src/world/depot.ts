import type { TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import type { Happening, TabName } from '../model/happening.ts';
import { changeOf, factsOf, type RecordFacts } from '../model/record.ts';
import type { Time } from './time.ts';

/** One life of a tab. Once it is dead, nothing that it began comes back to it. */
export interface Life {
  readonly tab: TabName;
  isDead: boolean;
}

/**
 * The store that the tabs share, as a visitor sees it: who did what to the record, and a switch to
 * take it down.
 */
export interface Depot {
  readonly isUp: boolean;
  /** The record as it stands. */
  readonly facts: RecordFacts | null;
  /** Whose claim stands or stood last. */
  readonly claimant: TabName | null;
  switchTo(up: boolean): void;
  /** A handle of its own, as another process would have one. */
  handleFor(life: Life): TokenStore;
}

export function createDepot(time: Time, log: (happening: Happening) => void): Depot {
  const store = memoryStore({ now: time.now });
  const known = new Map<string | null, RecordFacts | null>([[null, null]]);
  const complained = new Set<TabName>();
  let isUp = true;
  let facts: RecordFacts | null = null;
  let claimant: TabName | null = null;

  /** A dead tab waits for ever; a live one is told that the store is down. */
  const admit = ({ tab, isDead }: Life): Promise<never> | null => {
    if (isDead) return never();
    if (isUp) return null;
    if (!complained.has(tab)) log({ type: 'store_refused', tab });
    complained.add(tab);
    return Promise.reject(new Error('the store is down'));
  };
  const note = (tab: TabName, before: RecordFacts | null, after: RecordFacts): void => {
    const change = changeOf(before, after);
    if (change.type === 'claimed') claimant = tab;
    facts = after;
    log({ type: 'changed', tab, change });
  };

  return {
    get isUp() {
      return isUp;
    },
    get facts() {
      return facts;
    },
    get claimant() {
      return claimant;
    },
    switchTo(up) {
      isUp = up;
      complained.clear();
      log({ type: 'world', text: up ? 'The store is back' : 'The store is down' });
    },
    handleFor(life) {
      const handle = store.open();
      return {
        reach: handle.reach,
        read: (key) =>
          admit(life) ?? handle.read(key).then((answer) => (life.isDead ? never() : answer)),
        swap: (key, expected, next) =>
          admit(life) ??
          handle.swap(key, expected, next).then((answer) => {
            const isNew = answer.ok && !known.has(next.version);
            const after = answer.ok ? factsOf(next) : null;
            if (isNew && after !== null) {
              known.set(next.version, after);
              note(life.tab, known.get(expected) ?? null, after);
            }
            if (!answer.ok) log({ type: 'beaten', tab: life.tab });
            return life.isDead ? never() : answer;
          }),
        watch: (key, onChange) => handle.watch(key, () => life.isDead || onChange()),
        close: () => handle.close(),
      };
    },
  };
}

export const never = (): Promise<never> => new Promise(() => {});
