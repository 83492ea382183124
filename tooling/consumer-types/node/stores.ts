import { setTimeout as delay } from 'node:timers/promises';
import { sealedStore, type TokenStore } from '@act-on-token/core';
import { type FileStoreOptions, fileStore } from '@act-on-token/file';
import { memoryStore } from '@act-on-token/memory';
import { redisStore } from '@act-on-token/redis';
import { storeCases } from '@act-on-token/store-kit';
import { Cluster, Redis } from 'ioredis';

// There is no DOM here.
// @ts-expect-error
export const page = document;

const store = memoryStore();
const stop = store.watch('key', () => console.log('changed'));
const { ok, now } = await store.swap('key', null, { version: 'a', value: 'b' });
await delay(ok ? now - Date.now() : 0);
stop();

for (const { run } of storeCases) await run(() => store.open());

const options: FileStoreOptions = { directory: '/var/lib/reports/act-on' };
const onDisk: TokenStore = fileStore(options);
// A Buffer is a Uint8Array.
const sealed: TokenStore = sealedStore(onDisk, {
  current: Buffer.from(process.env.STORE_KEY ?? '', 'base64'),
  previous: [],
});
export const reach: 'process' | 'machine' | 'origin' | 'network' = sealed.reach;

// @ts-expect-error records lie somewhere: there is no default
fileStore();

// @ts-expect-error the directory is a path
fileStore({ directory: new URL('file:///var/lib/reports') });

// @ts-expect-error a key is bytes
sealedStore(onDisk, { current: 'secret' });

await redisStore(new Redis('redis://localhost')).close();
await redisStore(new Redis({ sentinels: [{ host: 'localhost', port: 26_379 }], name: 'mine' }), {
  prefix: 'mine:',
}).close();
await redisStore(new Cluster([{ host: 'localhost', port: 6_379 }]), {
  ttl: 31 * 86_400_000,
}).close();

// @ts-expect-error the client is the user's: with its passwords, its TLS and its life
redisStore('redis://localhost');
