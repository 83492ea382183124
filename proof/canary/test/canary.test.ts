import { ActOnTokenError, isActOnTokenError } from '@act-on-token/core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { isRedisThere } from '../../../packages/redis/test/support/redis-server.ts';
import { everyChannel, listenToChannels } from '../channels.ts';
import { type Act, coreActs } from '../core-acts.ts';
import { leaks } from '../leaks.ts';
import { packageActs } from '../package-acts.ts';
import { createStage, type Find, type Stage } from '../stage.ts';
import { Vault } from '../vault.ts';

const acts = Object.entries({ ...coreActs, ...packageActs });
const needsRedis = (title: string): boolean => title.includes('ioredis');
const figures = { values: 0, places: new Set<string>(), secrets: 0, shapes: 0, leaks: 0, spans: 0 };
const codes = new Set<string>();
const events = new Set<string>();
const channels = new Set<string>();

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
afterAll(() => {
  const { values, places, secrets, shapes } = figures;
  console.log(
    `${values} values from ${places.size} places, printed in 7 ways, searched for ${secrets} secrets in ${shapes} shapes: ${figures.leaks} leaks; ${figures.spans} of them were spans, from ${channels.size} channels`,
  );
});

describe('no secret is in anything that a program could print:', () => {
  it.for(acts)('%s', async ([title, act], { skip }) => {
    if (needsRedis(title) && !isRedisThere) skip('There is no redis-server.');
    const { stage, vault } = await play(act);
    const found = leaks(stage.finds, vault);
    count(stage.finds, vault, found);
    expect(found).toEqual([]);
  });

  it('and that was about every error code, every event and every diagnostics channel', () => {
    expect([...codes].sort()).toEqual(everyCode);
    expect([...events].sort()).toEqual(everyEvent);
    expect([...channels].sort()).toEqual(everyChannel());
    expect(figures.spans).toBeGreaterThan(500);
  });
});

/** Whatever goes to the console meanwhile is looked at as well. */
async function play(act: Act): Promise<{ stage: Stage; vault: Vault }> {
  const vault = new Vault();
  const stage = createStage(vault);
  for (const way of ['log', 'info', 'warn', 'error', 'debug', 'dir'] as const)
    vi.spyOn(console, way).mockImplementation((...words: unknown[]) =>
      stage.keep(`console.${way}`, words),
    );
  vi.spyOn(process, 'emitWarning').mockImplementation((...words) =>
    stage.keep('process.emitWarning', words),
  );
  const stop = listenToChannels(stage.keep);
  await act(stage, vault);
  stop();
  vi.restoreAllMocks();
  return { stage, vault };
}

function count(finds: readonly Find[], vault: Vault, found: readonly string[]): void {
  figures.values += finds.length;
  figures.secrets += vault.secrets;
  figures.shapes += vault.shapes;
  figures.leaks += found.length;
  for (const { place, value } of finds) {
    figures.places.add(place);
    if (isActOnTokenError(value)) codes.add(value.code);
    if (place === 'console.dir') figures.spans += 1;
    const [, channel] = /^the channel (\S+)/.exec(place) ?? [];
    if (channel !== undefined) channels.add(channel);
    if (place.startsWith('the event ')) events.add((value as { type: string }).type);
  }
}

const everyCode: readonly string[] = [
  'callback',
  'client_rejected',
  'closed',
  'configuration',
  'credential_conflict',
  'grant_budget',
  'grant_rejected',
  'no_token_in_proxy_mode',
  'not_sent',
  'outcome_unknown',
  'rate_limited',
  'session_expired',
  'signed_out',
  'store_corrupt',
  'store_unavailable',
  'store_version',
];
const everyEvent: readonly string[] = [
  'adopted',
  'expiring',
  'grant_budget',
  'grant_sent',
  'probed',
  'refresh_failed',
  'refreshed',
  'saved',
  'signed_in',
  'signed_out',
  'store_failed',
  'superseded',
  'suspect',
  'unknown',
  'unsaved',
];

class Keeper {
  readonly kept: string;
  constructor(kept: string) {
    this.kept = kept;
  }
}

describe('the search finds a token', () => {
  const token = 'an-access-token/with+odd characters';
  const vault = new Vault();
  vault.add('access token', token);
  const hidden = (value: unknown): object =>
    Object.defineProperty({}, 'hidden', { value, enumerable: false });
  const places: [string, unknown][] = [
    [
      'the message of one of our errors',
      new ActOnTokenError('not_sent', `Act-On could not be reached with ${token}.`),
    ],
    ['the cause of a cause', new Error('a', { cause: new Error('b', { cause: { token } }) })],
    ['a property that is not enumerable', hidden(token)],
    ['a property named after it', { [token]: true }],
    ['a symbol', { [Symbol(token)]: 1 }],
    [
      'a getter',
      Object.create({
        get token() {
          return token;
        },
      }),
    ],
    ['a Map in an array', [new Map([['a', new Set([token])]])]],
    [
      'the headers of a request',
      new Request('https://app.example', { headers: { authorization: `Bearer ${token}` } }),
    ],
    ['a URL', new URL(`https://app.example/?token=${encodeURIComponent(token)}`)],
    ['a form', new URLSearchParams({ token }).toString()],
    ['Base64 of Basic credentials', btoa(`user:${token}`)],
    ['JSON in JSON', JSON.stringify(JSON.stringify({ token }))],
    ['what toJSON() gives', { toJSON: () => ({ token }) }],
    ['what a class keeps', new Keeper(token)],
    ['the name of a function', Object.defineProperty(() => {}, 'name', { value: token })],
  ];

  it.for(places)('in %s', ([place, value]) => {
    expect(leaks([{ place, value }], vault)).not.toEqual([]);
  });

  it('that an endpoint of someone else puts into what a session repeats', async () => {
    const { stage, vault: own } = await play(
      async ({ clock, emulator, endpoint, open, refusal }) => {
        const talkative = {
          ...endpoint,
          send: async (grant: object) => ({
            type: 'rejected' as const,
            detail: JSON.stringify(grant),
          }),
        };
        const session = open({ endpoint: talkative });
        await refusal('a refusal', session.authorize({ type: 'password', ...emulator.user }));
        await clock.advance(0);
      },
    );
    expect(leaks(stage.finds, own)).toContain('a refusal: password (as it is), by String');
  });
});
