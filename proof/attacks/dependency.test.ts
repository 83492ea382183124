import { inspect } from 'node:util';
import {
  type ActOnTokenError,
  actOnEndpoint,
  createSession,
  isActOnTokenError,
  type Session,
  sealedStore,
} from '@act-on-token/core';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { actOnKy } from '@act-on-token/ky';
import { memoryStore } from '@act-on-token/memory';
import { redisStore } from '@act-on-token/redis';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { type ManualClock, manualClock } from '../../packages/core/test/support/manual-clock.ts';
import { attacker } from './attack.ts';

// A package that is installed beside ours, or handed to it, is broken or means harm: it logs,
// throws and keeps what it was given. It runs in the same process, so it can always call
// getAccessToken(). What it must not get is a secret for nothing: from an error, a log, an
// inspection, or by being handed more than its work needs.

const { honest, attack } = attacker('a dependency');

let clock: ManualClock;
let emulator: Emulator;
let printed: string[];
let sessions: Session[];
beforeEach(() => {
  clock = manualClock();
  emulator = createEmulator({ now: () => clock.now() });
  printed = [];
  sessions = [];
  for (const name of ['log', 'warn', 'error', 'info', 'debug'] as const)
    vi.spyOn(console, name).mockImplementation(
      (...args) => void printed.push(inspect(args, { depth: 9, showHidden: true })),
    );
  vi.spyOn(process, 'emitWarning').mockImplementation(
    (...args) => void printed.push(inspect(args)),
  );
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const session of sessions) await clock.settle(session.close().catch(() => {}));
});

type Fetch = typeof fetch;
type Redis = Parameters<typeof redisStore>[0];
function open(
  more: { fetch?: Fetch; store?: Parameters<typeof createSession>[0]['store'] } = {},
): Session {
  const endpoint = actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch: more.fetch ?? emulator.fetch,
  });
  const session = createSession({
    endpoint,
    account: emulator.user.username,
    clock,
    store: more.store ?? memoryStore(),
    credentials: () => emulator.user,
  });
  sessions.push(session);
  return session;
}
async function failure(work: Promise<unknown>): Promise<ActOnTokenError> {
  const reason = await clock.settle(
    work.then(
      () => new Error('It worked.'),
      (error: unknown) => error,
    ),
  );
  expect(isActOnTokenError(reason), inspect(reason)).toBe(true);
  return reason as ActOnTokenError;
}

/** Every way in which a value is shown or copied. */
function shown(value: unknown): string {
  let cloned = '';
  try {
    cloned = inspect(structuredClone(value), { depth: 9, showHidden: true });
  } catch {} // What cannot be copied gives nothing away.
  let json = '';
  try {
    json = JSON.stringify(value) ?? '';
  } catch {}
  const own = Object.getOwnPropertyNames(Object(value)).join();
  return [
    inspect(value, { depth: 9, showHidden: true, getters: true }),
    json,
    String(value),
    String(Object(value).stack),
    own,
    cloned,
  ].join('\n');
}
function quiet(value: unknown, ...words: string[]): void {
  const all = [shown(value), ...printed].join('\n');
  for (const word of [emulator.client.secret, emulator.user.password, ...words]) {
    expect(word.length).toBeGreaterThan(5);
    for (const form of [word, encodeURIComponent(word), Buffer.from(word).toString('base64')])
      expect(all).not.toContain(form);
  }
}
/** What a token request carries, told again in an error. */
const bodyOf = (init: RequestInit | undefined): string => String(init?.body ?? '');

describe('a dependency', () => {
  honest('a fetch that only passes on works', async () => {
    const passes: Fetch = (input, init) => emulator.fetch(input, init);
    expect(await clock.settle(open({ fetch: passes }).getAccessToken())).toMatch(/./);
  });
  honest('ky with hooks of its own works', async () => {
    const api = actOnKy(open(), { hooks: { beforeRequest: [() => {}] } });
    expect(await api.get('api/1/account').json()).toMatchObject({ login: emulator.user.username });
  });
  honest('a client of Redis that keeps to its word works', async () => {
    expect(await clock.settle(open({ store: redisStore(redisThat()) }).getAccessToken())).toMatch(
      /./,
    );
  });

  describe('that is the fetch', () => {
    const thrown: readonly [string, (init: RequestInit | undefined) => unknown][] = [
      ['an error that quotes the body', (init) => new Error(`POST failed: ${bodyOf(init)}`)],
      [
        'a TypeError that quotes it, as for a network that is down',
        (init) => new TypeError(`fetch failed ${bodyOf(init)}`),
      ],
      [
        'an error with the body in its cause',
        (init) => new TypeError('fetch failed', { cause: new Error(bodyOf(init)) }),
      ],
      [
        'an error with the request in its fields',
        (init) => Object.assign(new Error('x'), { request: { body: bodyOf(init) } }),
      ],
      [
        'an error whose code is the body',
        (init) => Object.assign(new Error('x'), { code: bodyOf(init) }),
      ],
      [
        'an error whose name is the body',
        (init) => Object.assign(new Error('x'), { name: bodyOf(init) }),
      ],
      [
        'several errors in one',
        (init) => new AggregateError([new Error(bodyOf(init))], bodyOf(init)),
      ],
      ['the body itself', (init) => bodyOf(init)],
      [
        'an object that shows it as JSON',
        (init) => ({ toJSON: () => bodyOf(init), toString: () => bodyOf(init) }),
      ],
      ['nothing', () => undefined],
    ];
    for (const [what, make] of thrown) {
      attack(`it throws ${what}, and our error repeats it`, async () => {
        const throws: Fetch = async (_input, init) => {
          throw make(init);
        };
        const session = open({ fetch: throws });
        quiet(await failure(session.getAccessToken()));
        quiet(session.getSnapshot());
        quiet(session);
      });
    }
    const answers: readonly [string, (init: RequestInit | undefined) => Response][] = [
      [
        'an error whose description is the request',
        (init) =>
          Response.json(
            { error: 'invalid_client', error_description: bodyOf(init) },
            { status: 401 },
          ),
      ],
      [
        'an error that is named like the secret',
        () => Response.json({ error: emulator.client.secret }, { status: 400 }),
      ],
      [
        'a page that shows the request',
        (init) => new Response(`<pre>${bodyOf(init)}</pre>`, { status: 500 }),
      ],
      [
        'a status line that is the secret',
        () =>
          new Response('', { status: 403, statusText: encodeURIComponent(emulator.client.secret) }),
      ],
      [
        'a redirect with the secret in it',
        () =>
          new Response('', {
            status: 302,
            headers: { location: `https://evil.example/?s=${emulator.client.secret}` },
          }),
      ],
      [
        'a description with the secret in pieces of white space',
        () =>
          Response.json(
            { error: 'x', error_description: emulator.client.secret.split('').join('\t') },
            { status: 400 },
          ),
      ],
      [
        'the description of the password',
        () =>
          Response.json(
            { error: 'invalid_grant', error_description: emulator.user.password },
            { status: 400 },
          ),
      ],
    ];
    for (const [what, make] of answers) {
      attack(`it answers ${what}, and our error repeats it`, async () => {
        const session = open({ fetch: async (_input, init) => make(init) });
        quiet(await failure(session.getAccessToken()));
        quiet(session.getSnapshot());
      });
    }
    attack('it is asked for a token with the secret in the URL or a header', async () => {
      const seen: string[] = [];
      const keeps: Fetch = (input, init) => {
        seen.push(
          String(input instanceof Request ? input.url : input),
          inspect([...new Headers(init?.headers)]),
        );
        return emulator.fetch(input, init);
      };
      await clock.settle(open({ fetch: keeps }).getAccessToken());
      for (const word of [emulator.client.secret, emulator.user.password])
        expect(seen.join()).not.toContain(word);
    });
    attack('it breaks off a good answer with an error that quotes the tokens', async () => {
      const tokens: string[] = [];
      const breaks: Fetch = async (input, init) => {
        const { access_token, refresh_token } = (await (
          await emulator.fetch(input, init)
        ).json()) as Record<string, string>;
        tokens.push(access_token ?? '', refresh_token ?? '');
        const body = new ReadableStream({
          start: (controller) => controller.error(new Error(`broke off after ${tokens.join()}`)),
        });
        return new Response(body);
      };
      quiet(await failure(open({ fetch: breaks }).getAccessToken()), ...tokens);
    });
    attack('it answers a call of the API with an error that quotes the header', async () => {
      let token = '';
      const fails: Fetch = async (input, init) => {
        if (String(input instanceof Request ? input.url : input).includes('/token'))
          return emulator.fetch(input, init);
        throw new TypeError(`fetch failed`);
      };
      const session = open({ fetch: fails });
      token = await clock.settle(session.getAccessToken());
      const reason = await session.fetch('/api/1/account').catch((error: unknown) => error);
      quiet(reason, token);
    });
    attack('it was replaced on globalThis after the session was made', async () => {
      const session = open();
      const stolen: string[] = [];
      vi.stubGlobal('fetch', async (_input: unknown, init: RequestInit) => {
        stolen.push(bodyOf(init), inspect([...new Headers(init?.headers)]));
        return new Response('{}');
      });
      await session.fetch('/api/1/account');
      expect(stolen).toEqual([]);
    });
  });

  describe('that looks at what it can reach', () => {
    for (const [what, look] of [
      [
        'the endpoint',
        (session: Session) =>
          Object(session).endpoint ??
          actOnEndpoint({ clientId: emulator.client.id, clientSecret: emulator.client.secret }),
      ],
      ['a session', (session: Session) => session],
      ['a snapshot', (session: Session) => session.getSnapshot()],
      ['the description of a session', (session: Session) => session.describe()],
    ] as const) {
      attack(`it inspects, prints, serialises and copies ${what}`, async () => {
        const session = open();
        const token = await clock.settle(session.getAccessToken());
        quiet(look(session), token);
      });
    }
    attack('it listens to every event', async () => {
      const events: unknown[] = [];
      const session = open();
      session.on((event) => events.push(event));
      const token = await clock.settle(session.getAccessToken());
      await clock.settle(session.signOut());
      expect(events.length).toBeGreaterThan(0);
      quiet(events, token);
    });
    attack('it pollutes Object.prototype with options, and a session obeys', async () => {
      const names = ['dangerouslyAllowBrowser', 'baseUrl', 'maxLifetime', 'fetch'];
      for (const name of names)
        Object.defineProperty(Object.prototype, name, {
          value: 'https://evil.example',
          configurable: true,
          writable: true,
        });
      try {
        let host = 'nowhere';
        try {
          host = actOnEndpoint({
            clientId: 'a',
            clientSecret: 'b'.repeat(20),
            fetch: emulator.fetch,
            region: 'us',
          }).apiBase.host;
        } catch (error) {
          expect(isActOnTokenError(error, 'configuration'), inspect(error)).toBe(true);
        }
        expect(host).not.toContain('evil');
      } finally {
        for (const name of names) Reflect.deleteProperty(Object.prototype, name);
      }
    });
    attack('it seals with a key that it changes afterwards', async () => {
      const current = crypto.getRandomValues(new Uint8Array(32));
      const memory = memoryStore();
      const store = sealedStore(memory.open(), { current: current.slice() });
      const mine = current.slice();
      const late = sealedStore(memory.open(), { current: mine });
      mine.fill(7);
      await late.swap('key', null, { version: 'a', value: 'x' });
      expect((await store.read('key')).record?.value).toBe('x');
    });
  });

  describe('that is a hook of ky', () => {
    attack('it takes the token from the request before it is sent', async () => {
      const seen: string[] = [];
      const session = open();
      const token = await clock.settle(session.getAccessToken());
      const api = actOnKy(session, {
        hooks: { beforeRequest: [(...args) => void seen.push(...args.map((arg) => shown(arg)))] },
      });
      await api.get('api/1/account');
      expect(seen.join()).not.toContain(token);
    });
    attack('it sends the request to another host', async () => {
      const sent: string[] = [];
      const session = open({
        fetch: (input, init) => {
          sent.push(String(input instanceof Request ? input.url : input));
          return emulator.fetch(input, init);
        },
      });
      const api = actOnKy(session, {
        retry: 0,
        hooks: { beforeRequest: [() => new Request('https://evil.example/steal')] },
      });
      const reason = await api.get('api/1/account').catch((error: unknown) => error);
      expect(isActOnTokenError(reason, 'configuration'), inspect(reason)).toBe(true);
      expect(sent.filter((url) => url.includes('evil'))).toEqual([]);
    });
    attack('an error of ky, for an answer of 500, shows the token', async () => {
      const session = open();
      const token = await clock.settle(session.getAccessToken());
      emulator.faults.arm({ route: 'api', kind: 'status', status: 500 });
      quiet(
        await actOnKy(session, { retry: 0 })
          .get('api/1/nothing')
          .catch((error: unknown) => error),
        token,
      );
    });
  });

  /** A client that knows the script and nothing more. */
  function redisThat(
    more: (command: string, args: readonly unknown[]) => unknown = () => undefined,
  ): Redis {
    let held: [unknown, unknown] = [null, null];
    const run =
      (name: string) =>
      async (...args: unknown[]) => {
        const answer = more(name, args);
        if (answer !== undefined) return answer;
        const [, , , expected, version, value] = args;
        if (expected !== undefined && expected === (held[0] === null ? '' : `=${held[0]}`))
          held = [version, value];
        return [Date.now(), ...held];
      };
    return {
      evalsha: run('evalsha'),
      eval: run('eval'),
      info: async () => '',
      duplicate: () => redisThat(more),
      on: () => {},
      defineCommand: () => {},
      disconnect: () => {},
    } as unknown as Redis;
  }

  describe('that is the client of Redis', () => {
    for (const [what, make] of [
      [
        'an error with the command and its arguments',
        (args: readonly unknown[]) =>
          Object.assign(new Error('x'), { name: 'ReplyError', command: { name: 'evalsha', args } }),
      ],
      [
        'an error whose message is the record',
        (args: readonly unknown[]) =>
          Object.assign(new Error(`ERR ${args.join()}`), { name: 'ReplyError' }),
      ],
      [
        'an error whose code is the record',
        (args: readonly unknown[]) => Object.assign(new Error('x'), { code: args.join() }),
      ],
      ['a text', (args: readonly unknown[]) => args.join()],
    ] as const) {
      attack(`it throws ${what}, and our error repeats it`, async () => {
        const seen: string[] = [];
        const redis = redisThat((_name, args) => {
          if (args.length < 4) return undefined;
          seen.push(String(args[5]));
          throw make(args);
        });
        const error = await failure(open({ store: redisStore(redis) }).getAccessToken());
        expect(error.code).toBe('store_unavailable');
        quiet(error, ...seen);
      });
    }
    attack(
      'it prints every command, and one of them has the client secret or the password',
      async () => {
        const seen: string[] = [];
        const redis = redisThat((name, args) => void seen.push(name, ...args.map(String)));
        await clock.settle(open({ store: redisStore(redis) }).getAccessToken());
        for (const word of [emulator.client.secret, emulator.user.password])
          expect(seen.join()).not.toContain(word);
      },
    );
    attack(
      'it prints every command, and one of them has a token, although the store is sealed',
      async () => {
        const seen: string[] = [];
        const redis = redisThat((name, args) => void seen.push(name, ...args.map(String)));
        const store = sealedStore(redisStore(redis), {
          current: crypto.getRandomValues(new Uint8Array(32)),
        });
        const token = await clock.settle(open({ store }).getAccessToken());
        expect(seen.join()).not.toContain(token);
      },
    );
    attack('its option of a prefix takes the store to the keys of another', async () => {
      const seen: string[] = [];
      const redis = redisThat((_name, args) => void seen.push(String(args[2])));
      const store = redisStore(redis);
      await store.read('a\r\nFLUSHALL\r\n');
      expect(seen).toEqual(['act-on-token:a\r\nFLUSHALL\r\n']);
    });
  });

  describe('that is IndexedDB', () => {
    for (const [what, open_] of [
      [
        'throws an error that quotes what it was given',
        () => {
          throw new Error('SECRET-RECORD');
        },
      ],
      [
        'throws an error whose name is that',
        () => {
          throw Object.assign(new Error('x'), { name: 'SECRET-RECORD' });
        },
      ],
      ['answers nothing', () => undefined],
    ] as const) {
      attack(`it ${what}, and our error repeats it`, async () => {
        vi.stubGlobal('indexedDB', { open: open_ });
        const error = await failure(
          indexedDbStore().swap('key', null, { version: 'a', value: 'SECRET-RECORD' }),
        );
        expect(error.code).toBe('store_unavailable');
        quiet(error, 'SECRET-RECORD');
      });
    }
  });
});
