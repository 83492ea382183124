import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aMinute, anHour, world } from './support/world.ts';

describe('a page that listens to its session', () => {
  let page: EventTarget;
  let document: EventTarget & { visibilityState: string };

  beforeEach(() => {
    page = new EventTarget();
    document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    vi.stubGlobal('document', document);
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  });
  afterEach(() => vi.unstubAllGlobals());

  /** A session that has missed, for want of hints, that another one signed out. */
  async function behind() {
    const { clock, store, session, signedIn } = world();
    const other = await signedIn();
    const handle = store.open();
    let reads = 0;
    const read: typeof handle.read = (key) => {
      reads += 1;
      return handle.read(key);
    };
    const each = session({ store: { ...handle, read, watch: () => () => {} } });
    const stop = each.subscribe(() => {});
    await clock.settle(each.ready());
    await clock.settle(other.signOut());
    await clock.advance(aMinute);
    expect(each.getSnapshot().status).toBe('authorized');
    reads = 0;
    return { clock, each, stop, reads: () => reads };
  }

  it.each([
    ['comes online', () => page.dispatchEvent(new Event('online'))],
    ['is shown again', () => document.dispatchEvent(new Event('visibilitychange'))],
    ['thaws', () => document.dispatchEvent(new Event('resume'))],
  ])('looks at the record when it %s', async (_, happens) => {
    const { clock, each } = await behind();
    happens();
    await clock.advance(0);
    expect(each.getSnapshot().status).toBe('idle');
  });

  it('does not look when it is hidden', async () => {
    const { clock, reads } = await behind();
    document.visibilityState = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    await clock.advance(0);
    expect(reads()).toBe(0);
  });

  it.each(['online', 'visibilitychange', 'resume'])(
    'does not look any more when it has stopped listening: %s',
    async (event) => {
      const { clock, each, stop, reads } = await behind();
      stop();
      for (const target of [page, document]) target.dispatchEvent(new Event(event));
      await clock.advance(anHour);
      expect(reads()).toBe(0);
      expect(each.getSnapshot()).toBeDefined();
    },
  );
});
