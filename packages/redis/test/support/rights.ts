import { readFileSync } from 'node:fs';
import type { TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import type { Cluster, Redis } from 'ioredis';
import { expect, vi } from 'vitest';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/**
 * The rights that the README gives to a user: what follows `ACL SETUSER <user>` under this comment.
 */
export function rightsOf(comment: string): string[] {
  const lines = readme.split('\n');
  const [, rights = ''] =
    /^ACL SETUSER \S+ (.+)$/.exec(lines[lines.indexOf(`# ${comment}`) + 1] ?? '') ?? [];
  return rights.split(' ');
}

/** Does with this client everything that a session does with its store. */
export async function usesTheStore(client: Redis | Cluster): Promise<void> {
  client.on('error', () => {});
  const [store, withTtl] = [redisStore(client), redisStore(client, { ttl: 60_000 })];
  const stop = await hearsOfChange(store, 'one', (key) => writesTwice(withTtl, store, key));
  // As long as one is watched, the connection of the watches stays; the next is subscribed to after
  // the first was given up.
  const stopOther = await hearsOfChange(store, 'another', (key) =>
    writesTwice(withTtl, store, key),
  );
  stop();
  (await hearsOfChange(store, 'a third', (key) => writesTwice(withTtl, store, key)))();
  stopOther();
  await store.close();
  client.disconnect();
}

async function hearsOfChange(
  store: TokenStore,
  name: string,
  change: (key: string) => Promise<void>,
): Promise<() => void> {
  const key = `${name}-${crypto.randomUUID()}`;
  const onChange = vi.fn();
  const stop = store.watch(key, onChange);
  await change(key);
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), { timeout: 30_000 });
  return stop;
}

async function writesTwice(first: TokenStore, second: TokenStore, key: string): Promise<void> {
  const [one, two] = [
    { version: crypto.randomUUID(), value: 'one' },
    { version: crypto.randomUUID(), value: 'two' },
  ] as const;
  expect(await first.swap(key, null, one)).toMatchObject({ ok: true });
  expect(await second.swap(key, one.version, two)).toMatchObject({ ok: true });
  expect((await first.read(key)).record).toEqual(two);
}

/** What this user was refused, of the commands that would have been the store's. */
export async function refused(admin: Redis, user: string): Promise<string[]> {
  const log = (await admin.acl('LOG')) as unknown as string[][];
  const member = (entry: string[], name: string) => String(entry[entry.indexOf(name) + 1]);
  const refusals = log
    .filter((entry) => member(entry, 'username') === user)
    .map((entry) => member(entry, 'object'));
  // ioredis names its connections and asks replicas to answer reads, and does without either.
  return refusals.filter(
    (command) => !['client|setname', 'client|setinfo', 'readonly'].includes(command),
  );
}
