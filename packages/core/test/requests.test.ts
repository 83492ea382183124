import { afterEach, describe, expect, it, vi } from 'vitest';
import { actOnEndpoint, type Fetch, type ReadResult, type TokenStore } from '../src/index.ts';
import { anHour, eventsOf, passwordOf, world } from './support/world.ts';

/**
 * A world in which a refresh is never answered: each request that came in, with the signal that
 * would end it.
 */
async function silent() {
  const place = world();
  const { clock, emulator, signedIn } = place;
  await signedIn();
  await clock.advance(anHour + 1);
  const requests: { readonly signal: AbortSignal; readonly open: number }[] = [];
  const fetch: Fetch = (input, init) => {
    const open = requests.filter(({ signal }) => !signal.aborted).length;
    requests.push({ signal: init?.signal as AbortSignal, open });
    return requests.length === 1 ? new Promise(() => {}) : emulator.fetch(input, init);
  };
  const endpoint = actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch,
  });
  return { ...place, requests, endpoint };
}

const ignored = (call: Promise<unknown>): void => {
  call.catch(() => {});
};

describe('a sign-in after a laptop slept through the time of a request', () => {
  it('ends that request, and is sent once it has ended', async () => {
    const { clock, emulator, session, endpoint, requests } = await silent();
    const each = session({ endpoint });
    ignored(each.getAccessToken());
    await clock.advance(1_000);
    clock.jump(31_000);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([false]);
    ignored(each.authorize(passwordOf(emulator)));
    await clock.advance(1_000);
    expect(requests.map(({ open }) => open)).toEqual([0, 0]);
  });
});

describe('the time of a request', () => {
  it.each([
    ['is set back', -60_000],
    ['is set back by a day', -24 * anHour],
  ])('is a lease, also where the wall clock %s', async (_, jump) => {
    const { clock, session, endpoint, requests } = await silent();
    ignored(session({ endpoint }).getAccessToken());
    await clock.advance(1_000);
    clock.jump(jump);
    await clock.advance(25_000);
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  it('passes while a laptop sleeps and the monotonic clock stands still', async () => {
    const { clock, session, endpoint, requests } = await silent();
    const each = session({ endpoint });
    ignored(each.getAccessToken());
    await clock.advance(1_000);
    clock.jump(40_000);
    ignored(each.getAccessToken());
    await clock.advance(1_000);
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  it('is a lease, also where the clock of the store goes back by ten minutes while the request is claimed', async () => {
    const { clock, store, session, endpoint, requests } = await silent();
    const inner = store.open();
    let behind = 0;
    const shifted = <A extends ReadResult>(answer: A): A => ({
      ...answer,
      now: answer.now - behind,
    });
    const handle: TokenStore = {
      ...inner,
      read: async (key) => shifted(await inner.read(key)),
      swap: async (...all) => {
        behind = 600_000;
        return shifted(await inner.swap(...all));
      },
    };
    ignored(session({ endpoint, store: handle }).getAccessToken());
    await clock.advance(31_000);
    expect(requests[0]?.signal.aborted).toBe(true);
  });
});

describe('a request that brought nothing', () => {
  it('is reported with the time at which the next one makes sense', async () => {
    const { clock, emulator, signedIn } = world();
    const each = await signedIn();
    const events = eventsOf(each);
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'status', status: 502, when: 'before' });
    const began = clock.now();
    ignored(each.getAccessToken({ maxWait: 0 }));
    await clock.advance(0);
    const [failed] = events.flatMap((event) =>
      event.type === 'refresh_failed' ? [event.error] : [],
    );
    expect(failed?.retryAt).toBeGreaterThan(began);
  });
});

describe('a claim that the store does not take', () => {
  it('is reported as a failure of the store', async () => {
    const { clock, store, session, signedIn } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    const each = session({
      store: { ...store.open(), swap: () => Promise.reject(new Error('READONLY')) },
    });
    const events = eventsOf(each);
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(events.map(({ type }) => type)).toContain('store_failed');
    expect(each.getSnapshot()).toMatchObject({ error: { code: 'store_unavailable' } });
  });
});

describe('a machine that wakes up', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('ends a request whose time passed while it slept', async () => {
    const page = new EventTarget();
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    const { clock, session, endpoint, requests } = await silent();
    const each = session({ endpoint });
    each.subscribe(() => {});
    ignored(each.getAccessToken());
    await clock.advance(1_000);
    clock.jump(40_000);
    page.dispatchEvent(new Event('online'));
    await clock.advance(1_000);
    expect(requests[0]?.signal.aborted).toBe(true);
    expect(requests.every(({ open }) => open === 0)).toBe(true);
  });
});

describe('what a framework throws to stop a request', () => {
  const stop = Object.assign(new Error('NEXT_PRERENDER_INTERRUPTED'), {
    digest: 'NEXT_PRERENDER_INTERRUPTED',
  });
  const endpointOf = ({ client }: ReturnType<typeof world>['emulator']) =>
    actOnEndpoint({
      clientId: client.id,
      clientSecret: client.secret,
      fetch: () => Promise.reject(stop),
    });

  it('reaches the one who wants a token as it is', async () => {
    const { clock, emulator, session, signedIn } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    await expect(
      clock.settle(session({ endpoint: endpointOf(emulator) }).getAccessToken()),
    ).rejects.toBe(stop);
  });

  it('reaches the one who signs in as it is', async () => {
    const { clock, emulator, session } = world();
    const signIn = session({ endpoint: endpointOf(emulator) }).authorize(passwordOf(emulator));
    await expect(clock.settle(signIn)).rejects.toBe(stop);
  });
});

describe('a person who signs in', () => {
  it('is told so after three claims, where the process sleeps through each of them', async () => {
    const { clock, emulator, store, session } = world();
    const inner = store.open();
    let swaps = 0;
    const swap: typeof inner.swap = async (...all) => {
      swaps += 1;
      const answer = await inner.swap(...all);
      clock.jump(40_000);
      return answer;
    };
    const signIn = session({ store: { ...inner, swap } }).authorize(passwordOf(emulator));
    await expect(clock.settle(signIn)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(swaps).toBe(6); // Each claim is withdrawn.
  });

  it('with a code is signed in, though the one who brought it first has left before it was sent', async () => {
    const { clock, emulator, store, session } = world();
    const inner = store.open();
    let [held, letGo] = [null as Promise<void> | null, () => {}];
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    const read: typeof inner.read = async (key) => {
      await held;
      return inner.read(key);
    };
    const sent: string[] = [];
    const answer = {
      access_token: 'a1',
      refresh_token: 'r1',
      expires_in: 3_600,
      token_type: 'bearer',
    };
    const fetch: Fetch = async (_, init) => {
      sent.push(new URLSearchParams(String(init?.body)).get('code') ?? '');
      return new Response(JSON.stringify(answer));
    };
    const endpoint = actOnEndpoint({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch,
    });
    const each = session({ endpoint, store: { ...inner, read } });
    const grant = {
      type: 'authorization_code',
      code: 'c1',
      redirectUri: 'https://app.example/cb',
    } as const;
    const leaving = new AbortController();
    const reason = new Error('gone');
    const first = each.authorize(grant, { signal: leaving.signal });
    const second = each.authorize(grant);
    leaving.abort(reason);
    await expect(first).rejects.toBe(reason);
    letGo();
    await clock.settle(second);
    expect(sent).toEqual(['c1']);
    expect(each.currentAccessToken()).toBe('a1');
  });
});

describe('a request that gets no answer', () => {
  const detailsIn = (events: readonly { type: string; detail?: string }[]) =>
    events.filter(({ type }) => type === 'unknown').map(({ detail }) => detail);

  /** A store that takes so long for each swap, before and after. */
  const slow = (
    { clock, store }: ReturnType<typeof world>,
    before: number,
    after: number,
  ): TokenStore => {
    const open = store.open();
    const pause = (ms: number): Promise<void> =>
      new Promise((resolve) => clock.setTimeout(resolve, ms, true));
    return {
      ...open,
      swap: async (...call) => {
        await pause(before);
        const result = await open.swap(...call);
        await pause(after);
        return result;
      },
    };
  };

  it.each([
    [0, 0, 25_000],
    [1_000, 0, 24_000],
    [2_000, 500, 22_000],
  ])(
    'is listened to for what the claim, which took %i and %i ms, has left of the lease, but for the commit',
    async (before, after, expected) => {
      const place = await silent();
      const { clock, session, endpoint } = place;
      const each = session({ endpoint, store: slow(place, before, after), onUnknown: 'stop' });
      const events = eventsOf(each);
      await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
        code: 'outcome_unknown',
      });
      const [detail = ''] = detailsIn(events);
      const waited = Number(/^no answer within (\d+) ms$/.exec(detail)?.[1]);
      // How long the answer to the claim was on its way counts twice: what it shows may be as old.
      expect(waited).toBeLessThanOrEqual(expected);
      expect(waited).toBeGreaterThan(expected - before - after - 1);
    },
  );

  it('because the endpoint, which promises not to reject, does so, is one of unknown outcome', async () => {
    const { clock, session, endpoint } = await silent();
    const broken = { ...endpoint, send: () => Promise.reject(new Error('broken')) };
    const each = session({ endpoint: broken, onUnknown: 'stop' });
    const events = eventsOf(each);
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(detailsIn(events)).toEqual(['the endpoint broke its promise never to reject']);
  });
});
