import { ActOnTokenError, actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import {
  createEnvironmentInjector,
  type EnvironmentInjector,
  runInInjectionContext,
} from '@angular/core';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { Window } from 'happy-dom';
import { createRoot } from 'solid-js';
import { get } from 'svelte/store';
import { describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { actOnKey, followSignIns, getJson, onErrorRetry, retry, retryDelay } from './queries.ts';
import {
  actOnAtom,
  actOnPreact,
  actOnSignal,
  actOnStore,
  createActOn,
  useActOn,
} from './recipes.ts';

interface Shown {
  usable(): boolean | undefined;
  stop(): void;
}

/** What each framework shows of a session, and how it stops. */
const recipes: Record<string, (session: Session) => Shown> = {
  Vue(session) {
    const scope = effectScope();
    const snapshot = scope.run(() => useActOn(session));
    return { usable: () => snapshot?.value.usable, stop: () => scope.stop() };
  },
  Svelte(session) {
    const store = actOnStore(session);
    let usable: boolean | undefined;
    const stop = store.subscribe((next) => {
      usable = next.usable;
    });
    expect(get(store)).toBe(session.getSnapshot());
    return { usable: () => usable, stop };
  },
  Solid: (session) =>
    createRoot((dispose) => {
      const snapshot = createActOn(session);
      return { usable: () => snapshot().usable, stop: dispose };
    }),
  Angular(session) {
    const parent = { get: () => null } as unknown as EnvironmentInjector;
    const injector = createEnvironmentInjector([], parent);
    const snapshot = runInInjectionContext(injector, () => actOnSignal(session));
    return { usable: () => snapshot().usable, stop: () => injector.destroy() };
  },
  nanostores(session) {
    const $snapshot = actOnAtom(session);
    let usable: boolean | undefined;
    const stop = $snapshot.subscribe((next) => {
      usable = next.usable;
    });
    return { usable: () => usable, stop };
  },
  'Preact signals'(session) {
    const { snapshot, stop } = actOnPreact(session);
    return { usable: () => snapshot.value.usable, stop };
  },
};

function world() {
  const emulator = createEmulator();
  const { client, user } = emulator;
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    fetch: emulator.fetch,
  });
  const session = createSession({ endpoint, account: user.username, store: memoryStore() });
  return { emulator, session, signIn: () => session.authorize({ type: 'password', ...user }) };
}

it.each(Object.entries(recipes))(
  '%s shows a sign-in and a sign-out, and stops',
  async (_, recipe) => {
    const { session, signIn } = world();
    const shown = recipe(session);
    expect(shown.usable()).toBe(false);
    await signIn();
    await vi.waitFor(() => expect(shown.usable()).toBe(true));
    await session.signOut();
    await vi.waitFor(() => expect(shown.usable()).toBe(false));
    shown.stop();
    await signIn();
    await session.getAccessToken();
    expect(shown.usable()).toBe(false);
  },
);

it.each([
  ['Svelte', actOnStore],
  ['nanostores', actOnAtom],
])('%s shows what changed while nothing listened', async (_, recipe) => {
  const { session, signIn } = world();
  const store = recipe(session);
  await signIn();
  const seen: boolean[] = [];
  store.subscribe(({ usable }) => void seen.push(usable))();
  await session.signOut();
  store.subscribe(({ usable }) => void seen.push(usable))();
  expect([seen[0], seen.at(-1)]).toEqual([true, false]);
});

describe('TanStack Query and SWR', () => {
  const limited = new ActOnTokenError('rate_limited', 'x', { retryAt: Date.now() + 30_000 });
  const later = new ActOnTokenError('grant_budget', 'x', { retryAt: Date.now() + 3_600_000 });
  const over = new ActOnTokenError('session_expired', 'x', { needsGrant: true });

  it('try again when the error says so, and not where a person is needed', () => {
    expect([limited, later, over, new TypeError('net')].map((error) => retry(0, error))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(retry(3, limited)).toBe(false);
    expect(retryDelay(0, limited)).toBeGreaterThan(29_000);
    expect(retryDelay(2, new TypeError('net'))).toBe(4_000);
  });

  it('ask again after a sign-in, and keep nothing after a sign-out', async () => {
    const { session, signIn, emulator } = world();
    await signIn();
    const client = new QueryClient({ defaultOptions: { queries: { retry, retryDelay } } });
    const stop = followSignIns(session, client);
    const queryKey = actOnKey('ada', '/api/1/list');
    const queryFn = ({ signal }: { signal: AbortSignal }) =>
      getJson(session, '/api/1/list', signal);
    const observer = new QueryObserver(client, { queryKey, queryFn });
    const leave = observer.subscribe(() => {});
    await vi.waitFor(() => expect(observer.getCurrentResult().status).toBe('success'));
    expect(client.getQueryData(actOnKey('bob', '/api/1/list'))).toBe(undefined);
    const before = emulator.ledger.counters().apiCalls;
    await signIn();
    await vi.waitFor(() => expect(emulator.ledger.counters().apiCalls).toBe(before + 1));
    leave();
    await session.signOut();
    expect(client.getQueryData(queryKey)).toBe(undefined);
    stop();
    client.clear();
  });

  it('SWR takes the same functions', async () => {
    const { session, signIn } = world();
    await signIn();
    const page = new Window({ url: 'https://app.example/' });
    // React and SWR ask whether there is a window when they are loaded, and later.
    Object.assign(globalThis, { window: page });
    vi.stubGlobal('document', page.document);
    const [{ createRoot }, { createElement }, { default: useSWR }] = await Promise.all([
      import('react-dom/client'),
      import('react'),
      import('swr'),
    ]);
    const soon = new ActOnTokenError('not_sent', 'x', { retryAt: Date.now() + 50 });
    let tries = 0;
    const Lists = () => {
      const load = async ([, , path]: readonly [string, string, string]) => {
        tries += 1;
        if (tries === 1) throw soon;
        return getJson(session, path) as Promise<{ totalCount: number }>;
      };
      const { data } = useSWR(actOnKey('ada', '/api/1/list'), load, { onErrorRetry });
      return createElement('p', null, data === undefined ? '…' : `${data.totalCount} lists`);
    };
    const container = page.document.createElement('main') as unknown as HTMLElement;
    const root = createRoot(container);
    root.render(createElement(Lists));
    await vi.waitFor(() => expect(container.textContent).toBe('3 lists'), { timeout: 20_000 });
    expect(tries).toBe(2);
    root.unmount();
  });
});
