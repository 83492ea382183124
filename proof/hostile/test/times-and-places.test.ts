import { type Fetch, isActOnTokenError } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { pass } from '../lies/lying-server.ts';
import { anHour, scene, tells } from '../lies/scene.ts';

describe('a clock that is hours off', () => {
  it.each([-7, 7])(
    "and is the server's (%i h) changes nothing about how long a token lives",
    async (hours) => {
      const act = await scene();
      const date = new Date(act.clock.now() + hours * anHour).toUTCString();
      act.lie(async (response, tellTruth) => pass(await tellTruth(), response, { date }));
      const token = await act.ask();
      const { expiresAt } = act.session.getSnapshot();
      expect(Math.abs((expiresAt ?? 0) - act.clock.now() - anHour)).toBeLessThan(60_000);
      expect((await act.record()).pair?.accessToken).toBe(token);
      act.skip(anHour + 1);
      expect(await act.ask()).not.toBe(token);
    },
  );

  it.each([-7, 7])(
    "and is this machine's, next to the store's (%i h), neither wakes a dead token nor kills a live one",
    async (hours) => {
      const act = await scene({ storeAhead: hours * anHour });
      const token = await act.ask();
      expect(act.session.currentAccessToken()).toBe(token);
      act.skip(anHour / 2);
      expect(await act.ask()).toBe(token);
      act.skip(anHour / 2);
      expect(act.session.currentAccessToken()).toBeUndefined();
      expect(await act.ask()).not.toBe(token);
      expect(act.emulator.ledger.counters()).toMatchObject({
        replays: 0,
        grants: { refresh_token: { granted: 2 } },
      });
    },
  );
});

describe('a laptop that sleeps', () => {
  it('finds its token lapsed when it wakes up, and refreshes once', async () => {
    const act = await scene();
    const token = await act.ask();
    act.sleep(8 * anHour);
    expect(act.session.currentAccessToken()).toBeUndefined();
    const both = await Promise.all([act.ask(), act.ask()]);
    expect(new Set(both).size).toBe(1);
    expect(both[0]).not.toBe(token);
    expect(act.asked).toBe(3);
  });

  it('while an answer is under way keeps the pair that comes, and does not serve a token that died meanwhile', async () => {
    const act = await scene();
    act.lie(async (response, tellTruth) => {
      const answer = await tellTruth();
      act.lie(null);
      act.sleep(8 * anHour);
      await pass(answer, response);
    });
    const before = (await act.record()).generation;
    expect(await act.ask()).toBe((await act.record()).pair?.accessToken);
    expect(act.session.getSnapshot()).toMatchObject({ status: 'authorized', error: null });
    expect((await act.record()).generation).toBe(before + 2);
    expect(act.emulator.ledger.counters()).toMatchObject({
      replays: 0,
      grants: { refresh_token: { sent: 2, granted: 2 } },
    });
  });
});

describe('a name server that is down', () => {
  it('costs nothing, is told, and is tried again once it may be back', async () => {
    let isDown = false;
    const flaky: Fetch = (input, init) => {
      const cause = Object.assign(new Error('getaddrinfo EAI_AGAIN api.actonsoftware.com'), {
        code: 'EAI_AGAIN',
        syscall: 'getaddrinfo',
      });
      return isDown ? Promise.reject(new TypeError('fetch failed', { cause })) : fetch(input, init);
    };
    const act = await scene({ fetch: flaky });
    isDown = true;
    const asked = act.asked;
    const ask = async (): Promise<unknown> => {
      const reason = await act.ask();
      expect(act.asked).toBe(asked);
      isDown = false;
      return reason;
    };
    await tells(act, ask, {
      code: 'not_sent',
      snapshot: { status: 'expired', reason: 'lapsed' },
      unanswered: 0,
    });
  });
});

describe('two installations that fight over one user', () => {
  it('get an error that says so by name, in the snapshot too, and stop before the budget is gone', async () => {
    const act = await scene();
    act.emulator.configure({ grantLimit: null });
    const { user } = act.emulator;
    const credentials = (): typeof user => user;
    const ours = act.another({ credentials });
    const theirs = act.another({ credentials, store: memoryStore({ now: () => act.clock.now() }) });
    let reason: unknown;
    for (
      let round = 0;
      round < 8 && !isActOnTokenError(reason, 'credential_conflict');
      round += 1
    ) {
      reason = await ours
        .getAccessToken({ minValidity: anHour - 30_000 })
        .catch((error: unknown) => error);
      await theirs.getAccessToken({ minValidity: anHour - 30_000 }).catch(() => {});
      act.skip(5 * 60_000);
    }
    expect(reason).toMatchObject({
      code: 'credential_conflict',
      needsGrant: true,
      message: expect.stringMatching(
        /Another installation .* own Act-On user, or let them share one store/,
      ),
    });
    const record = await act.record();
    expect(record.conflicts).toHaveLength(2);
    expect(record).toMatchObject({ ended: 'rejected', pair: { refreshToken: expect.any(String) } });
    expect(record.grants.length).toBeLessThan(5);
    expect(ours.getSnapshot()).toMatchObject({ needsGrant: true });
  });
});
