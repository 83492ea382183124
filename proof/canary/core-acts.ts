import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  authorizationUrl,
  createSession,
  createSessionPool,
  readCallback,
  type Session,
  sealedStore,
  type TokenStore,
} from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { anHour, passwordOf } from '../../packages/core/test/support/world.ts';
import type { Stage } from './stage.ts';
import type { Vault } from './vault.ts';

export type Act = (stage: Stage, vault: Vault) => Promise<void>;

/**
 * Each is a stretch of a session's life; between them they bring every error code of the core, and
 * every event.
 */
export const coreActs: Readonly<Record<string, Act>> = {
  async 'a life: signed in, refreshed, signed out, closed'({
    clock,
    emulator,
    open,
    keep,
    endpoint,
    store,
    refusal,
  }) {
    const session = open({ autoRefresh: true });
    await refusal('nobody is signed in', session.getAccessToken());
    await clock.settle(session.authorize(passwordOf(emulator)));
    await clock.advance(2 * anHour);
    keepAll(keep, session);
    keep('an endpoint', endpoint);
    keep('a memory store', store);
    await clock.settle(session.signOut());
    await refusal('signed out', session.getAccessToken());
    await session.close();
    await refusal('closed', session.getAccessToken());
    await refusal('closed', session.authorize(passwordOf(emulator)));
    keepAll(keep, session);
  },

  async 'an Act-On that repeats what it is told'(stage) {
    const { clock, emulator, open, echo, refusal } = stage;
    const answers = [
      [400, 'invalid_grant'],
      [400, 'invalid_request'],
      [401, 'invalid_client'],
      [403, 'access_denied'],
      [429, 'too_many_attempts'],
      [500, 'server_error'],
      [302, 'elsewhere'],
    ] as const;
    for (const [status, error] of answers) {
      const signingIn = open({ account: `${status} ${error}` });
      echo(status, error);
      await refusal(`a password refused with ${status}`, signingIn.authorize(passwordOf(emulator)));
      stage.listen();
      const session = open({ account: `${status} ${error}, refreshed` });
      await clock.settle(session.authorize(passwordOf(emulator)));
      await clock.advance(2 * anHour);
      echo(status, error);
      await refusal(`a refresh refused with ${status}`, session.getAccessToken());
      await refusal('and once more', session.getAccessToken());
      keepAll(stage.keep, session);
      stage.listen();
    }
  },

  async 'a network that fails with the request in its error'(stage) {
    for (const code of ['ECONNREFUSED', 'ECONNRESET', undefined]) {
      const session = stage.open({ account: `fails with ${code}` });
      await stage.clock.settle(session.authorize(passwordOf(stage.emulator)));
      await stage.clock.advance(2 * anHour);
      stage.breakDown(code);
      await stage.refusal('a network that fails', session.getAccessToken());
      await stage.refusal('a network that fails', session.authorize(passwordOf(stage.emulator)));
      keepAll(stage.keep, session);
      stage.listen();
    }
  },

  async 'a budget that is used up, and a conflict'({ clock, emulator, open, refusal }) {
    const person = open({ account: 'spendthrift' });
    for (let i = 0; i < 5; i += 1) {
      await clock.settle(person.authorize(passwordOf(emulator)));
      await clock.settle(person.signOut());
    }
    await refusal('the budget is used up', person.authorize(passwordOf(emulator)));
    const [ours, theirs] = [
      open({ credentials: () => emulator.user }),
      open({ credentials: () => emulator.user, account: 'them' }),
    ];
    for (let round = 0; round < 4; round += 1) {
      for (const each of [ours, theirs]) {
        await refusal('two that fight', each.getAccessToken());
        await refusal('two that fight', each.getAccessToken({ minValidity: 3_540_000 }));
      }
      await clock.advance(300_000);
    }
  },

  async 'a code, its redirect and what is wrong with them'(
    { clock, emulator, open, keep, refusal },
    vault,
  ) {
    const redirectUri = 'https://app.example/callback';
    const request = await authorizationUrl({ clientId: emulator.client.id, redirectUri });
    vault.add('code verifier', request.codeVerifier);
    keep('where a browser is sent to', request.url);
    const code = 'a-code-that-nobody-else-may-have';
    vault.add('code', code);
    const back = (query: Record<string, string>): URL =>
      new URL(`${redirectUri}?${new URLSearchParams(query)}`);
    for (const query of [
      { code, state: 'wrong' },
      { code },
      { code, state: request.state, error: 'access_denied', error_description: code },
    ])
      await refusal('a redirect that cannot be trusted', () =>
        readCallback(back(query as Record<string, string>), request),
      );
    const grant = readCallback(back({ code, state: request.state }), request);
    await refusal('a code that Act-On refuses', open({ account: 'by code' }).authorize(grant));
    await refusal('a grant of no kind', open().authorize({ ...grant, type: code } as never));
    await refusal(
      'a grant with a hole',
      open().authorize({ ...passwordOf(emulator), username: '' }),
    );
    await clock.advance(0);
  },

  async 'records that are no records, and stores that fail'({
    clock,
    emulator,
    open,
    store,
    keep,
    refusal,
  }) {
    const session = open({ account: 'spoilt' });
    await clock.settle(session.authorize(passwordOf(emulator)));
    const spied = {
      ...store.open(),
      read: async () => ({ record: await spoilt(), now: clock.now() }),
    };
    let value = '';
    const spoilt = async () => ({ version: 'f'.repeat(32), value });
    const whole = await recordOf(session);
    for (value of [
      whole.slice(0, -1),
      `${whole} `.replace('"schema":1', '"schema":9'),
      whole.replace('"lineage":1', `"lineage":${JSON.stringify(whole)}`),
    ]) {
      const reader = open({ account: 'spoilt', store: spied });
      await refusal('a record that is none', reader.getAccessToken());
      await refusal('a record that is none', reader.authorize(passwordOf(emulator)));
      keepAll(keep, reader);
    }
    const failing = () =>
      Promise.reject(
        Object.assign(new Error(`SET ${whole}`), { command: { args: [whole] }, code: 'ERR' }),
      );
    const broken = open({
      account: 'spoilt',
      store: { ...store.open(), read: failing, swap: failing },
    });
    await refusal('a store that fails', broken.getAccessToken());
    keepAll(keep, broken);

    /** As the memory store has it. */
    async function recordOf(of: Session): Promise<string> {
      let text = '';
      const eavesdropper = {
        ...store.open(),
        read: async (key: string) => {
          const answer = await store.read(key);
          text = answer.record?.value ?? '';
          return answer;
        },
      };
      await clock.settle(open({ account: 'spoilt', store: eavesdropper }).ready());
      keep('a session whose record is read', of);
      return text;
    }
  },

  async 'stores of the other kinds, sealed and plain'({
    emulator,
    endpoint,
    keep,
    refusal,
    store,
  }) {
    const directory = mkdtempSync(join(tmpdir(), 'act-on-token-canary-'));
    const files = fileStore({ directory });
    const sealed = sealedStore(store.open(), {
      current: crypto.getRandomValues(new Uint8Array(32)),
    });
    const inner = store.open();
    const seen: string[] = [];
    const watched = {
      ...inner,
      swap: (...call: Parameters<typeof inner.swap>) =>
        inner.swap(...call).finally(() => seen.push(JSON.stringify(call))),
    };
    const alsoSealed = sealedStore(watched, {
      current: crypto.getRandomValues(new Uint8Array(32)),
    });
    for (const [account, each] of [
      ['file', files],
      ['sealed', sealed],
      ['also sealed', alsoSealed],
    ] as const) {
      const session = createSession({ endpoint, account, store: each });
      await session.authorize(passwordOf(emulator));
      await session.getAccessToken();
      keep(`a store: ${account}`, each);
      keepAll(keep, session);
      await session.close();
      await each.close();
      await refusal(`a store that is closed: ${account}`, each.read('key'));
    }
    if (seen.length === 0) throw new Error('Nothing was sealed.');
    keep('what a sealed store writes', seen);
    rmSync(directory, { recursive: true });
  },

  async 'sessions that share a record, and a pair that the store does not take'({
    clock,
    emulator,
    open,
    store,
    keep,
    refusal,
  }) {
    const [ours, theirs] = [open({ account: 'shared' }), open({ account: 'shared' })];
    await clock.settle(ours.authorize(passwordOf(emulator)));
    await clock.advance(2 * anHour);
    await clock.settle(ours.getAccessToken());
    await clock.settle(theirs.getAccessToken());
    await clock.advance(2 * anHour);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const late = ours.getAccessToken();
    await hold.reached();
    await theirs.signOut();
    hold.release();
    await refusal('a refresh that a sign-out overtook', late);
    let isFull = false;
    const swap: TokenStore['swap'] = (...call) =>
      isFull ? Promise.reject(new Error(`full: ${call[2].value}`)) : store.swap(...call);
    const stranded = open({ account: 'stranded', store: { ...store.open(), swap } });
    await clock.settle(stranded.authorize(passwordOf(emulator)));
    await clock.advance(2 * anHour);
    const answer = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const served = stranded.getAccessToken();
    await answer.reached();
    isFull = true;
    answer.release();
    await clock.settle(served);
    keepAll(keep, stranded);
    isFull = false;
    await clock.advance(60_000);
    keepAll(keep, stranded);
    await clock.advance(28 * 24 * anHour);
  },

  async 'a pool'({ clock, emulator, endpoint, store, keep, refusal }) {
    const pool = createSessionPool({
      endpoint,
      store: store.open(),
      clock,
      credentials: () => emulator.user,
    });
    pool.on((event, account) => keep('an event of a pool', { event, account }));
    await clock.settle(pool.get('pooled').getAccessToken());
    keep('a pool', pool);
    keepAll(keep, pool.get('pooled'));
    await pool.close();
    await refusal('a pool that is closed', () => pool.get('pooled'));
  },
};

export function keepAll(keep: Stage['keep'], session: Session): void {
  keep('a session', session);
  keep('a snapshot', session.getSnapshot());
  keep('describe()', session.describe());
}
