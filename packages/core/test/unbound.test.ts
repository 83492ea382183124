import { describe, expect, it } from 'vitest';
import { actOnEndpoint, createSessionPool, type Session, type Snapshot } from '../src/index.ts';
import { type World, world } from './support/world.ts';

const members = [
  'getAccessToken',
  'currentAccessToken',
  'authorize',
  'signOut',
  'ready',
  'getSnapshot',
  'subscribe',
  'on',
  'fetch',
  'describe',
  'close',
] as const;

/** The ways in which a member is reached without its session being `this`. */
const ways: readonly (readonly [string, (session: Session) => Session])[] = [
  [
    'destructured',
    (session) =>
      Object.fromEntries(members.map((name) => [name, session[name]])) as unknown as Session,
  ],
  ['through a proxy', (session) => new Proxy(session, {})],
  [
    'through a proxy of a proxy that reflects',
    (session) => {
      const reflecting = {
        get: (target: Session, name: string | symbol, receiver: unknown) =>
          Reflect.get(target, name, receiver),
      };
      return new Proxy(new Proxy(session, reflecting), reflecting);
    },
  ],
  ['from an object that inherits from it', (session) => Object.create(session)],
  ['from a pool, through a proxy', (session) => session],
];

describe.each(ways)('a session whose members are reached %s', (way, reach) => {
  it('works as a whole', async () => {
    const place = world();
    const { clock, emulator, store } = place;
    const own = place.session();
    const pool = createSessionPool({ endpoint: endpointOf(place), store, clock });
    const session = way.startsWith('from a pool')
      ? new Proxy(pool.get(emulator.user.username), {})
      : reach(own);
    const seen: Snapshot[] = [];
    const stop = session.subscribe((snapshot) => seen.push(snapshot));
    const events: string[] = [];
    session.on(({ type }) => events.push(type));
    await clock.settle(session.ready());
    await clock.settle(session.authorize({ type: 'password', ...emulator.user }));
    const token = await clock.settle(session.getAccessToken());
    expect(session.currentAccessToken()).toBe(token);
    expect(session.getSnapshot()).toMatchObject({ status: 'authorized' });
    expect(seen.at(-1)).toBe(session.getSnapshot());
    expect((await clock.settle(session.fetch('/api/1/list?listingtype=CONTACT_LIST'))).status).toBe(
      200,
    );
    expect(JSON.parse(session.describe())).toMatchObject({ status: 'authorized' });
    await clock.settle(session.signOut());
    expect(seen.at(-1)).toMatchObject({ status: 'idle' });
    stop();
    await clock.settle(session.close());
    expect(events).toContain('signed_in');
  });
});

describe('a member of a session', () => {
  it.each(members)('is the same function each time: %s', (name) => {
    const session = world().session();
    expect(session[name]).toBe(session[name]);
  });

  it('is not wrapped by frameworks that make objects reactive', () => {
    const session = world().session();
    expect(Object.prototype.toString.call(session)).toBe('[object Session]');
  });
});

function endpointOf({ emulator }: World) {
  return actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch: emulator.fetch,
  });
}
