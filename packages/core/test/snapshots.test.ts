import { describe, expect, it } from 'vitest';
import type { Session, Snapshot } from '../src/index.ts';
import { aMinute, anHour, passwordOf, world } from './support/world.ts';

/** All that one who listens is shown. */
function shownBy(session: Session): Snapshot[] {
  const shown: Snapshot[] = [];
  session.subscribe((snapshot) => shown.push(snapshot));
  return shown;
}

describe('a function', () => {
  it('that listens twice is called twice, and once when it has stopped once', async () => {
    const { clock, signedIn } = world();
    const each = await signedIn();
    const calls = { events: 0, snapshots: 0 };
    const onEvent = () => {
      calls.events += 1;
    };
    const onSnapshot = () => {
      calls.snapshots += 1;
    };
    each.on(onEvent);
    each.subscribe(onSnapshot);
    const stops = [each.on(onEvent), each.subscribe(onSnapshot)];
    await clock.settle(each.ready());
    for (const stop of stops) stop();
    Object.assign(calls, { events: 0, snapshots: 0 });
    await clock.settle(each.signOut());
    expect(calls).toEqual({ events: 1, snapshots: 1 });
  });
});

describe('one who listens is shown', () => {
  it('that someone signs in elsewhere, for as long as that may go on', async () => {
    const { clock, emulator, session } = world();
    const [each, other] = [session(), session()];
    const shown = shownBy(each);
    await clock.settle(each.ready());
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    await clock.settle(other.authorize(passwordOf(emulator)).catch(() => {}));
    await clock.advance(1_000);
    expect(shown.at(-1)?.signingIn).toBe(true);
    await clock.advance(31_000);
    expect(shown.at(-1)?.signingIn).toBe(false);
  });

  it('when the next sign-in is possible, and that it is as soon as it is', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    const shown = shownBy(each);
    const first = clock.now();
    for (let grant = 0; grant < 5; grant += 1)
      await clock.settle(each.authorize(passwordOf(emulator)));
    expect(shown.at(-1)?.grants).toEqual({ used: 5, limit: 5, nextAt: first + anHour + 30_000 });
    await clock.advance(anHour + 29_000);
    expect(shown.at(-1)?.grants).toMatchObject({ used: 5 });
    await clock.advance(2_000);
    expect(shown.at(-1)?.grants).toEqual({ used: 0, limit: 5, nextAt: null });
  });

  it('no sign-in page before it is known whether one is needed', async () => {
    const { clock, session } = world();
    const each = session();
    expect(each.getSnapshot()).toMatchObject({ loaded: false, needsGrant: false });
    await clock.settle(each.ready());
    expect(each.getSnapshot()).toMatchObject({ loaded: true, needsGrant: true });
  });

  it('that a sign-in is needed where a lost answer is left to a person', async () => {
    const { clock, emulator, signedIn } = world();
    const each = await signedIn({ onUnknown: 'stop' });
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    await clock.settle(each.getAccessToken().catch(() => {}));
    await clock.advance(aMinute);
    expect(each.getSnapshot()).toMatchObject({ status: 'expired', needsGrant: true });
  });

  it('that a sign-in is needed where it has been unknown for so long that it will stay so', async () => {
    const { clock, emulator, signedIn } = world();
    const each = await signedIn();
    await clock.advance(anHour + 1);
    for (let at = 0; at < 90 * aMinute; at += aMinute) {
      emulator.faults.arm({ route: 'token', kind: 'status', status: 503, when: 'before' });
      await clock.settle(each.getAccessToken({ maxWait: 100 }).catch(() => {}));
      await clock.advance(aMinute);
    }
    expect(each.getSnapshot()).toMatchObject({ status: 'expired', needsGrant: true });
  });

  it('nothing twice', async () => {
    const { clock, signedIn } = world();
    const each = await signedIn();
    const shown = shownBy(each);
    await clock.advance(1_000);
    const before = shown.length;
    for (let call = 0; call < 10; call += 1) {
      await clock.settle(each.getAccessToken({ minValidity: 0 }));
      await clock.advance(1_000);
    }
    expect(shown).toHaveLength(before);
    const different = new Set(shown.map((snapshot) => JSON.stringify(snapshot)));
    expect(different.size).toBe(shown.length);
  });

  it('nothing when callers are refused once more for the same reason', async () => {
    const { clock, session } = world();
    const each = session();
    const shown = shownBy(each);
    await clock.settle(each.getAccessToken().catch(() => {}));
    await clock.advance(1_000);
    const [before, snapshot] = [shown.length, each.getSnapshot()];
    for (let call = 0; call < 10; call += 1) {
      await clock.settle(each.getAccessToken().catch(() => {}));
      await clock.advance(1_500);
    }
    expect(shown).toHaveLength(before);
    expect(each.getSnapshot()).toBe(snapshot);
  });

  it('what went wrong until something goes well', async () => {
    const { clock, emulator, signedIn } = world();
    const each = await signedIn();
    const shown = shownBy(each);
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'status', status: 503, when: 'before' });
    await clock.settle(each.getAccessToken({ maxWait: 100 }).catch(() => {}));
    expect(shown.at(-1)?.error).toMatchObject({ code: 'outcome_unknown' });
    await clock.advance(2_000);
    await clock.settle(each.getAccessToken());
    await clock.advance(0);
    expect(shown.at(-1)?.error).toBeNull();
  });

  it('that the store is down, and that it is back, though nothing changed in it', async () => {
    const { clock, store, session, signedIn } = world();
    await signedIn();
    const handle = store.open();
    let isDown = false;
    const each = session({
      store: {
        ...handle,
        read: (key) => (isDown ? Promise.reject(new Error('down')) : handle.read(key)),
      },
    });
    await clock.settle(each.ready());
    isDown = true;
    const shown = shownBy(each);
    await clock.advance(100);
    expect(shown.at(-1)?.error).toMatchObject({ code: 'store_unavailable' });
    isDown = false;
    await clock.advance(5_000);
    expect(shown.at(-1)?.error).toBeNull();
  });

  it('nothing that it could change', async () => {
    const { signedIn } = world();
    const snapshot = (await signedIn()).getSnapshot();
    expect(Object.isFrozen(snapshot)).toBe(true);
    expect(Object.isFrozen(snapshot.grants)).toBe(true);
  });
});
