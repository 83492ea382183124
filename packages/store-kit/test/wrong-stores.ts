import type { ReadResult, StoredRecord } from '@act-on-token/core';
import {
  onClock,
  overwrite,
  sharedBy,
  type WrongStore,
  withAnswers,
  withKeys,
  withValues,
  wrongStore,
} from './wrong-store.ts';

const oneFirstWinner = 'lets exactly one of many simultaneous first swaps win';
const oneWinner = 'lets exactly one of many simultaneous swaps win';
const counter = 'loses no increment of a counter that many handles raise at once';
const otherVersion = 'refuses a swap that expects another version';
const noneExpected = 'refuses a swap that expects no record where there is one';
const someExpected = 'refuses a swap that expects a record where there is none';
const lateReplay = 'refuses a swap that is sent again after another writer moved on';
const buildsOn =
  'lets every swap win that expects what the swap before it has acknowledged, whichever handle sends it';
const readsNewest = 'reads what another handle has just written, again and again';
const losesToNewest =
  'answers a swap that lost with what another handle has just written, again and again';
const neverBack = 'never lets its clock go back, whichever handle asks';
const oneClock = 'goes by one clock in all answers about a record, and names it in all or in none';
const silentAfterClose = 'calls no watcher back that was added after close';
const noFalseConflict = 'answers no swap with ok: false because its handle is closed meanwhile';
const toldByOthers = 'calls a watcher after a change through another handle';
const toldByItself = 'calls a watcher after a change through its own handle';
const otherKeys = 'does not call a watcher after changes under other keys';
const stopped = 'stops telling a watcher that stopped, and goes on telling others';
const stoppedByClose = 'stops telling the watchers of a handle that was closed';
const afterClose = 'rejects reads and swaps after close';

const wrongSwaps: readonly WrongStore[] = [
  wrongStore(
    'checks the version first and writes later',
    [oneFirstWinner, oneWinner, counter],
    (right) => ({
      async swap(key, expected, next) {
        const { record, now } = await right.read(key);
        const isExpected =
          (record?.version ?? null) === expected || record?.version === next.version;
        return isExpected ? overwrite(right, key, next) : { ok: false, record, now };
      },
    }),
  ),
  wrongStore(
    'writes without looking at the version',
    [
      otherVersion,
      noneExpected,
      someExpected,
      oneFirstWinner,
      oneWinner,
      counter,
      lateReplay,
      losesToNewest,
    ],
    (right) => ({ swap: (key, _, next) => overwrite(right, key, next) }),
  ),
  wrongStore(
    'takes an expected null for "whatever there is"',
    [noneExpected, oneFirstWinner, oneWinner, counter, losesToNewest],
    (right) => ({
      swap: (key, expected, next) =>
        expected === null ? overwrite(right, key, next) : right.swap(key, expected, next),
    }),
  ),
  wrongStore('creates a record that was expected to be there', [someExpected], (right) => ({
    swap: async (key, expected, next) =>
      right.swap(key, (await right.read(key)).record === null ? null : expected, next),
  })),
  wrongStore(
    'refuses the replay of a swap that won',
    ['answers ok when a swap that won is sent again'],
    (right) => ({
      async swap(key, expected, next) {
        const { record, now } = await right.read(key);
        return record?.version === next.version
          ? { ok: false, record, now }
          : right.swap(key, expected, next);
      },
    }),
  ),
  wrongStore(
    'refuses a swap that is under way',
    ['answers ok twice when a swap is sent again before it was answered'],
    (right) => {
      const underWay = new Set<string>();
      return {
        async swap(key, expected, next) {
          if (underWay.has(next.version)) return { ok: false, ...(await right.read(key)) };
          underWay.add(next.version);
          const result = await right.swap(key, expected, next);
          underWay.delete(next.version);
          return result;
        },
      };
    },
  ),
  wrongStore('answers ok to every version that ever won', [lateReplay], (right) => {
    const won = new Set<string>();
    return withAnswers(right, (result, next) => {
      if (result.ok) won.add(next.version);
      return { ...result, ok: won.has(next.version) };
    });
  }),
  wrongStore(
    'tells a loser nothing of the winner',
    [otherVersion, noneExpected, oneFirstWinner, oneWinner, counter, lateReplay, losesToNewest],
    (right) => withAnswers(right, (result) => (result.ok ? result : { ...result, record: null })),
  ),
  wrongStore(
    'reads from a copy of its own',
    ['shows to every handle what one of them wrote', readsNewest],
    (right) => {
      const copies = new Map<string, ReturnType<typeof right.read>>();
      return {
        read(key) {
          const copy = copies.get(key) ?? right.read(key);
          copies.set(key, copy);
          return copy;
        },
        swap(key, expected, next) {
          copies.delete(key);
          return right.swap(key, expected, next);
        },
      };
    },
  ),
];

const apart = (difference: string) => [`keeps keys apart that differ ${difference}`];

const replicas = sharedBy(() => new Map<string, StoredRecord>());
const buffers = sharedBy(() => new Map<string, StoredRecord>());
const copiesOf = sharedBy(() => new Set<Map<string, StoredRecord>>());

/** What lags, gets lost or fails now and then: right at first sight. */
const wrongAcknowledgements: readonly WrongStore[] = [
  wrongStore('reads now and then from a replica that lags', [readsNewest], (right, _, shared) => {
    const replica = replicas(shared);
    let calls = 0;
    return {
      async read(key) {
        calls += 1;
        const answer = await right.read(key);
        return calls % 12 === 0 ? { ...answer, record: replica.get(key) ?? null } : answer;
      },
      async swap(key, expected, next) {
        const { record } = await right.read(key);
        const result = await right.swap(key, expected, next);
        if (result.ok && record !== null) replica.set(key, record);
        return result;
      },
    };
  }),
  wrongStore(
    'answers swaps that lost from a replica that lags',
    [otherVersion, noneExpected, oneFirstWinner, oneWinner, counter, lateReplay, losesToNewest],
    (right, _, shared) => {
      const replica = replicas(shared);
      return {
        async swap(key, expected, next) {
          const result = await right.swap(key, expected, next);
          if (result.ok) setTimeout(() => replica.set(key, next), 5);
          return result.ok ? result : { ...result, record: replica.get(key) ?? null };
        },
      };
    },
  ),
  wrongStore(
    'answers swaps that lost with what its handle saw last',
    [oneWinner, counter, lateReplay, losesToNewest],
    (right) => {
      const seen = new Map<string, StoredRecord | null>();
      const see = <Answer extends ReadResult>(key: string, answer: Answer): Answer => {
        seen.set(key, answer.record);
        return answer;
      };
      return {
        read: async (key) => see(key, await right.read(key)),
        async swap(key, expected, next) {
          const known = seen.get(key);
          const result = await right.swap(key, expected, next);
          if (result.ok || known === undefined) return see(key, result);
          seen.set(key, result.record);
          return { ...result, record: known };
        },
      };
    },
  ),
  wrongStore(
    'loses now and then a swap that it has acknowledged',
    [counter, buildsOn, readsNewest, losesToNewest],
    (right) => {
      let calls = 0;
      return {
        async swap(key, expected, next) {
          calls += 1;
          if (calls % 11 !== 0) return right.swap(key, expected, next);
          const { record, now } = await right.read(key);
          const ok = record?.version === next.version || (record?.version ?? null) === expected;
          return { ok, record: ok ? { version: next.version, value: next.value } : record, now };
        },
      };
    },
  ),
  wrongStore(
    'writes later what it has acknowledged, and not at all once its handle is closed',
    ['leaves other handles at work when one is closed'],
    (right, _, shared) => {
      const [held, mine] = [buffers(shared), new Set<string>()];
      return {
        async read(key) {
          const answer = await right.read(key);
          return { ...answer, record: held.get(key) ?? answer.record };
        },
        async swap(key, expected, { version, value }) {
          const { record: written, now } = await right.read(key);
          const record = held.get(key) ?? written;
          if (record?.version === version) return { ok: true, record, now };
          if ((record?.version ?? null) !== expected) return { ok: false, record, now };
          const next = { version, value };
          held.set(key, next);
          mine.add(key);
          setTimeout(() => mine.delete(key) && overwrite(shared, key, next), 5);
          return { ok: true, record: next, now };
        },
        async close() {
          for (const key of mine) held.delete(key);
          mine.clear();
          await right.close();
        },
      };
    },
  ),
  wrongStore(
    'lets the last writer win where two swaps meet',
    [oneFirstWinner, oneWinner, counter],
    (right, _, shared) => {
      const [copies, mine] = [copiesOf(shared), new Map<string, StoredRecord>()];
      copies.add(mine);
      return {
        read: async (key) => ({ ...(await right.read(key)), record: mine.get(key) ?? null }),
        async swap(key, expected, { version, value }) {
          const { now } = await right.read(key);
          const record = mine.get(key) ?? null;
          if (record?.version === version) return { ok: true, record, now };
          if ((record?.version ?? null) !== expected) return { ok: false, record, now };
          const next = { version, value };
          mine.set(key, next);
          // The others hear of it before the answer, and take it whatever they hold.
          await overwrite(shared, key, next);
          for (const copy of copies) copy.set(key, next);
          return { ok: true, record: next, now };
        },
      };
    },
  ),
  wrongStore(
    'takes a failure of its own for a conflict now and then',
    [counter, buildsOn, readsNewest, losesToNewest],
    (right) => {
      let calls = 0;
      return {
        async swap(key, expected, next) {
          calls += 1;
          return calls % 11 === 0
            ? { ok: false, ...(await right.read(key)) }
            : right.swap(key, expected, next);
        },
      };
    },
  ),
];

const wrongKeys: readonly WrongStore[] = [
  wrongStore('takes upper for lower case', apart('only in upper and lower case'), (right) =>
    withKeys(right, (key) => key.toLowerCase()),
  ),
  wrongStore('normalises keys', apart('only in their Unicode normal form'), (right) =>
    withKeys(right, (key) => key.normalize('NFC')),
  ),
  wrongStore('trims keys', apart('only in white space'), (right) =>
    withKeys(right, (key) => key.trim()),
  ),
  wrongStore('ends keys at a NUL', apart('only in what follows a NUL'), (right) =>
    withKeys(right, (key) => key.replace(/\0.*/, '')),
  ),
  wrongStore('ends keys at the second colon', apart('only in what follows a colon'), (right) =>
    withKeys(right, (key) => key.split(':', 2).join(':')),
  ),
  wrongStore('takes a key for a pattern', apart('in characters that patterns know'), (right) =>
    withKeys(right, (key) => key.replace('*', 'a')),
  ),
  wrongStore('takes a key for a path', apart('in characters that paths know'), (right) =>
    withKeys(right, (key) => key.replace(/\/\.\/|\/b\/\.\.\//, '/')),
  ),
  wrongStore('takes what stands in braces for the key', apart('in braces'), (right) =>
    withKeys(right, (key) => /\{(.+)\}/.exec(key)?.[1] ?? key),
  ),
  wrongStore('cuts long keys', apart('only in the last of ten thousand characters'), (right) =>
    withKeys(right, (key) => key.slice(0, 255)),
  ),
  wrongStore('drops quotes and backslashes', apart('as JSON texts do'), (right) =>
    withKeys(right, (key) => key.replace(/["\\]/g, '')),
  ),
];

const wrongValues: readonly WrongStore[] = [
  wrongStore('takes an empty value for none', ['keeps an empty value'], (right) =>
    withValues(right, (value) => value || 'null'),
  ),
  wrongStore('cuts long values', ['keeps a value of 64 kB'], (right) =>
    withValues(right, (value) => value.slice(0, 32_768)),
  ),
  wrongStore('ends values at a NUL', ['keeps control characters'], (right) =>
    withValues(right, (value) => value.split('\0', 1).join()),
  ),
  wrongStore('unifies line ends', ['keeps line ends as they are'], (right) =>
    withValues(right, (value) => value.replaceAll('\r\n', '\n')),
  ),
  wrongStore('drops spaces at the end', ['keeps white space at both ends'], (right) =>
    withValues(right, (value) => value.replace(/ \n $/, '')),
  ),
  wrongStore('composes accents', ['keeps the normal form that was written'], (right) =>
    withValues(right, (value) => value.replaceAll('e\u0301', '\u00e9')),
  ),
  wrongStore(
    'knows no character beyond the basic plane',
    ['keeps characters beyond the basic plane'],
    (right) => withValues(right, (value) => value.replace(/[\u{10000}-\u{10ffff}]/gu, '?')),
  ),
  wrongStore('decodes entities', ['keeps text that looks like something else'], (right) =>
    withValues(right, (value) => value.replaceAll('&amp;', '&')),
  ),
  wrongStore('takes digits for a number', ['keeps text that looks like a number'], (right) =>
    withValues(right, (value) => (/^\d+$/.test(value) ? String(Number(value)) : value)),
  ),
];

const wrongWatches: readonly WrongStore[] = [
  wrongStore(
    'never tells watchers',
    [toldByOthers, toldByItself, otherKeys, stopped, stoppedByClose, silentAfterClose],
    () => ({
      watch: () => () => {},
    }),
  ),
  wrongStore('tells everyone but the handle that wrote', [toldByItself], (right) => {
    const mine = new Set<string>();
    return {
      watch: (key, onChange) => right.watch(key, () => mine.has(key) || onChange()),
      swap(key, expected, next) {
        mine.add(key);
        return right.swap(key, expected, next);
      },
    };
  }),
  wrongStore('tells watchers of every key', [otherKeys], (right) => ({
    watch: (_, onChange) => right.watch('all', onChange),
    async swap(key, expected, next) {
      const result = await right.swap(key, expected, next);
      await overwrite(right, 'all', next);
      return result;
    },
  })),
  wrongStore('goes on telling watchers that stopped', [stopped], (right) => ({
    watch(key, onChange) {
      right.watch(key, onChange);
      return () => {};
    },
  })),
  wrongStore('stops all watchers of a key with the first that stops', [stopped], (right) => {
    const stops = new Map<string, Array<() => void>>();
    return {
      watch(key, onChange) {
        stops.set(key, [...(stops.get(key) ?? []), right.watch(key, onChange)]);
        return () => {
          for (const stop of stops.get(key) ?? []) stop();
        };
      },
    };
  }),
  wrongStore(
    'goes on telling watchers after close',
    [stoppedByClose, silentAfterClose],
    (right) => {
      const watching = right.open();
      return { watch: watching.watch };
    },
  ),
];

const wrongLives: readonly WrongStore[] = [
  wrongStore('has a clock that goes back', [neverBack], (right) => {
    let calls = 0;
    return {
      async read(key) {
        calls += 1;
        return { ...(await right.read(key)), now: 1_800_000_000_000 - calls };
      },
    };
  }),
  wrongStore('has a clock for each handle, which differ', [neverBack], (right, siblings) => {
    const ahead = 40_000 * (siblings.length % 2);
    return onClock(right, (now) => ({ now: now + ahead }));
  }),
  wrongStore('names its clocks after the handles', [oneClock], (right, siblings) => {
    const clock = `handle ${siblings.length}`;
    return onClock(right, (now) => ({ now, clock }));
  }),
  wrongStore('asks any of its nodes for the time', [oneClock], (right) => {
    let calls = 0;
    return onClock(right, (now) => {
      calls += 1;
      return { now: now + 40_000 * (calls % 3), clock: `node ${calls % 3}` };
    });
  }),
  wrongStore('names its clock in reads alone', [oneClock], (right) => ({
    read: async (key) => ({ ...(await right.read(key)), clock: 'the clock' }),
  })),
  wrongStore('names its clock with a number', [oneClock], (right) =>
    onClock(right, (now) => ({ now, clock: 1 as unknown as string })),
  ),
  wrongStore('names its clock with nothing', [oneClock], (right) =>
    onClock(right, (now) => ({ now, clock: '' })),
  ),
  wrongStore('has a clock with a name that goes back', [neverBack], (right) => {
    let calls = 0;
    return onClock(right, () => {
      calls += 1;
      return { now: 1_800_000_000_000 - calls, clock: 'a node' };
    });
  }),
  wrongStore(
    'forgets the time in the answer to a swap',
    ['gives the time with every answer'],
    (right) => withAnswers(right, (result) => ({ ...result, now: Number.NaN })),
  ),
  wrongStore('invents a reach', ['names how far its records are seen'], () => ({
    reach: 'galaxy' as 'network',
  })),
  wrongStore('works on after close', [afterClose], (right) => {
    const { read, swap } = right.open();
    return { read, swap };
  }),
  wrongStore('takes its own end for a conflict', [afterClose, noFalseConflict], (right) => {
    let isClosed = false;
    const other = right.open();
    return {
      async swap(key, expected, next) {
        const { record, now } = await other.read(key);
        if (isClosed) return { ok: false, record, now };
        return right.swap(key, expected, next);
      },
      async close() {
        isClosed = true;
        await right.close();
      },
    };
  }),
  wrongStore('acknowledges what it does no more once it is closed', [noFalseConflict], (right) => {
    let isClosed = false;
    return {
      async swap(key, expected, next) {
        const { now } = await right.read(key);
        await null;
        if (!isClosed) return right.swap(key, expected, next);
        return { ok: true, record: { version: next.version, value: next.value }, now };
      },
      async close() {
        isClosed = true;
        await right.close();
      },
    };
  }),
  wrongStore('rejects a second close', ['closes twice as well as once'], (right) => {
    let closed = false;
    return {
      async close() {
        if (closed) throw new Error('already closed');
        closed = true;
        await right.close();
      },
    };
  }),
  wrongStore(
    'closes all handles with one',
    [
      stoppedByClose,
      afterClose,
      'leaves other handles at work when one is closed',
      silentAfterClose,
      noFalseConflict,
    ],
    (_, siblings) => ({
      async close() {
        await Promise.all(siblings.map((sibling) => sibling.close()));
      },
    }),
  ),
];

export const wrongStores: readonly WrongStore[] = [
  ...wrongSwaps,
  ...wrongAcknowledgements,
  ...wrongKeys,
  ...wrongValues,
  ...wrongWatches,
  ...wrongLives,
];
