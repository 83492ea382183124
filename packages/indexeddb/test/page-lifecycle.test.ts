import 'fake-indexeddb/auto';
import type { TokenStore } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';

const until = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe.each([
  ['goes into the back/forward cache', 'pagehide', 'pageshow'],
  ['is frozen', 'freeze', 'resume'],
])('indexedDbStore in a page that %s', (_, departure, comeback) => {
  let page: EventTarget;
  let store: TokenStore;
  let onChange: Mock;
  let channelName: string;
  let tab: BroadcastChannel;

  beforeEach(() => {
    page = new EventTarget();
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    const database = `database-${crypto.randomUUID()}`;
    channelName = `act-on-token:${database}`;
    tab = new BroadcastChannel(channelName);
    store = indexedDbStore({ database });
    onChange = vi.fn();
    store.watch('key', onChange);
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    await store.close();
    tab.close();
  });

  const happens = (event: string): boolean => page.dispatchEvent(new Event(event));
  const hears = (listener: BroadcastChannel): Promise<unknown> =>
    new Promise((resolve) => listener.addEventListener('message', resolve, { once: true }));

  /**
   * A change in another tab, heard by all who listen: the one that was opened last hears it last.
   */
  async function changesElsewhere(): Promise<void> {
    const last = new BroadcastChannel(channelName);
    const heard = hears(last);
    tab.postMessage({ key: 'key' });
    await heard;
    last.close();
  }

  it('hears no message meanwhile, looks again when it comes back, and hears the next', async () => {
    happens(departure);
    store.watch('another key', () => {});
    await changesElsewhere();
    expect(onChange).not.toHaveBeenCalled();
    happens(comeback);
    await until(() => expect(onChange).toHaveBeenCalledTimes(1));
    await changesElsewhere();
    await until(() => expect(onChange).toHaveBeenCalledTimes(2));
  });

  it('tells of what it still writes, and listens no more for that', async () => {
    happens(departure);
    const told = hears(tab);
    await store.swap('key', null, { version: crypto.randomUUID(), value: 'a value' });
    await told;
    await changesElsewhere();
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('looks at nothing when it was not away, and opens nothing any more once it is closed', async () => {
    happens(comeback);
    await changesElsewhere();
    await until(() => expect(onChange).toHaveBeenCalledTimes(1));
    await store.close();
    const opened = vi.fn();
    vi.stubGlobal('BroadcastChannel', opened);
    happens(departure);
    happens(comeback);
    expect(opened).not.toHaveBeenCalled();
  });
});
