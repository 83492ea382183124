import { createEmulator } from '@act-on-token/emulator';
import { expect, it } from 'vitest';
import { day, pairOf, setup, setupCode, start } from './helpers.ts';

it('E57 gives the same tokens and ids for the same seed, and others for another', async () => {
  const run = async (seed: string) => {
    const { password, emulator } = setup({ seed });
    const answers = [await password(), await password()];
    return [
      answers.map((answer) => [answer.text, answer.headers.get('x-request-id')]),
      emulator.ledger.entries,
    ];
  };
  expect(await run('one')).toEqual(await run('one'));
  expect(await run('one')).not.toEqual(await run('two'));
});

it('E57 does not shift tokens by calls in between', async () => {
  const [plain, busy] = [setup({ seed: 's' }), setup({ seed: 's' })];
  await busy.api('/api/1/account', null);
  await busy.password({ password: 'wrong' });
  expect(await busy.pair()).toEqual(await plain.pair());
});

it('E57 draws from the runtime’s randomness without a seed', async () => {
  const [one, two] = [await setup().pair(), await setup().pair()];
  expect(one.refresh_token).not.toBe(two.refresh_token);
});

it('E57 begins again when it is reset', async () => {
  const { emulator, password, pair, refresh } = setup({ seed: 's' });
  const first = await pair();
  emulator.clock.advance(1_000);
  emulator.faults.arm({ route: 'token', kind: 'drop_before' });
  for (let attempt = 0; attempt < 5; attempt++) await password().catch(() => {});
  emulator.reset();
  expect(emulator.clock.now()).toBe(start);
  expect(emulator.ledger.entries).toEqual([]);
  expect(emulator.ledger.counters()).toMatchObject({ requests: 0, attempts: {} });
  expect((await refresh(first.refresh_token)).status).toBe(403);
  expect(await pair()).toEqual(first);
});

it('E57 cuts a held request off when it is reset, and keeps it out of what comes after', async () => {
  const { emulator, password } = setup();
  const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
  const held = expect(password()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  await hold.reached();
  emulator.reset();
  await held;
  expect(emulator.ledger.entries).toEqual([]);
  expect(emulator.ledger.counters().attempts).toEqual({});
});

it('E57 exports all that it remembers as JSON, and goes on from there', async () => {
  const { emulator, pair, refresh, api, code, password, authorize } = setupCode({
    seed: 's',
    apiLimits: null,
  });
  const spent = await pair();
  const live = pairOf(await refresh(spent.refresh_token));
  const unused = await code();
  await api('/api/1/list/l-0003/record', live.access_token, {
    method: 'POST',
    body: '{"Email":"new@example.test"}',
  });
  await api('/api/1/message/1/send', live.access_token, { method: 'POST' });
  emulator.configure({ autoConsent: null });
  await authorize({ response_type: 'code', client_id: 'test-client' });
  const state = JSON.parse(JSON.stringify(emulator.exportState()));
  const next = setupCode({ seed: 's', state, apiLimits: null });
  expect(next.emulator.exportState()).toEqual(state);
  expect((await next.refresh(spent.refresh_token)).status).toBe(403);
  expect((await next.api('/api/1/list/l-0003', live.access_token)).body.totalCount).toBe(4);
  expect((await next.exchangeCode(unused)).status).toBe(200);
  for (let attempt = 0; attempt < 3; attempt++) expect((await next.password()).status).toBe(200);
  expect((await next.password()).status).toBe(429);
  // The first emulator is not touched by what the second does.
  expect((await refresh(live.refresh_token)).status).toBe(200);
  expect((await password()).text).not.toBe('');
  next.emulator.reset();
  expect(next.emulator.exportState()).toEqual(state);
});

it('E57 goes on at the time that it had come to', async () => {
  const { emulator, pair } = setup();
  const { refresh_token } = await pair();
  emulator.clock.advance(29 * day);
  const next = setup({ state: emulator.exportState() });
  expect(next.emulator.clock.now()).toBe(start + 29 * day);
  next.emulator.clock.advance(day);
  expect((await next.refresh(refresh_token)).status).toBe(403);
  next.emulator.reset();
  expect(next.emulator.clock.now()).toBe(start + 29 * day);
  expect((await next.refresh(refresh_token)).status).toBe(200);
});

it('E57 exports a copy that does not change any more', async () => {
  const { emulator, pair, refresh } = setup();
  const { refresh_token } = await pair();
  const exported = emulator.exportState();
  const text = JSON.stringify(exported);
  await refresh(refresh_token);
  expect(JSON.stringify(exported)).toBe(text);
});

it('E57 refuses a state that it did not export', () => {
  expect(() => createEmulator({ state: { schema: 2 } as never })).toThrow('"state"');
});
