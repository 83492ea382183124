import { beforeEach, describe, expect, it, vi } from 'vitest';
import { actOnEndpoint, type TokenStore } from '../src/index.ts';
import { anHour, world } from './support/world.ts';

/*
 * Which files of session/ decide something during a refresh, or change something outside. A refresh
 * that is spread over more of them is harder to follow; docs/architecture.md shows the way.
 */

const steps = vi.hoisted(() => ({ seen: [] as string[] }));

/** The files of session/ on the stack, the innermost first, each once. */
function filesOnStack(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const stack = new Error('where am I').stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  const names = [...stack.matchAll(/\/session\/([\w-]+)\.ts/g)].map(([, name]) => name ?? '');
  // `events` is the set of listeners and decides nothing.
  return [...new Set(names)].filter((name) => name !== 'events');
}

const note = (what: string): void => {
  steps.seen.push(`${what}: ${filesOnStack()[0]}`);
};

vi.mock('../src/machine.ts', async (original) => {
  const machine = await original<typeof import('../src/machine.ts')>();
  const watched = <T extends (...all: never[]) => unknown>(name: string, rule: T): T =>
    ((...all: Parameters<T>) => {
      note(name);
      return rule(...all);
    }) as T;
  const { decide, attempt, reconcile, signedOut } = machine;
  return {
    ...machine,
    decide: watched('decides', decide),
    attempt: watched('makes the claim', attempt),
    reconcile: watched('reconciles', reconcile),
    signedOut: watched('signs out', signedOut),
  };
});

/** A session in a world in which each effect is noted with the file that had it. */
async function watchedWorld() {
  const place = world();
  await place.signedIn();
  await place.clock.advance(anHour + 1);
  const { emulator } = place;
  const inner = place.store.open();
  const store: TokenStore = {
    reach: inner.reach,
    read: (key) => {
      note('reads');
      return inner.read(key);
    },
    swap: (key, expected, next) => {
      note('swaps');
      return inner.swap(key, expected, next);
    },
    watch: (key, onChange) => inner.watch(key, onChange),
    close: () => inner.close(),
  };
  const endpoint = actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch: (input, init) => {
      note('sends');
      return emulator.fetch(input, init);
    },
  });
  const session = place.session({ store, endpoint });
  session.on(({ type }) => note(`emits ${type}`));
  return { ...place, session };
}

describe('one refresh', () => {
  beforeEach(() => {
    steps.seen = [];
  });

  it('is decided in one file, sent in one, written in one and announced in one', async () => {
    const { clock, session } = await watchedWorld();
    steps.seen = [];
    await clock.settle(session.getAccessToken());
    const once = steps.seen.filter((step, index) => step !== steps.seen[index - 1]);
    expect(once).toEqual([
      'reads: cached-record',
      'decides: token-source',
      'makes the claim: token-request',
      'swaps: cached-record',
      'sends: token-request',
      'reconciles: commit',
      'swaps: cached-record',
      'emits refreshed: announcer',
      'decides: token-source',
    ]);
  });

  it('and a sign-out involve no other file of session/', async () => {
    const { clock, session } = await watchedWorld();
    steps.seen = [];
    await clock.settle(session.getAccessToken());
    await clock.settle(session.signOut());
    const files = new Set(steps.seen.map((step) => step.split(': ')[1]));
    expect([...files].sort()).toEqual([
      'announcer',
      'cached-record',
      'commit',
      'sign-in',
      'token-request',
      'token-source',
    ]);
  });
});
