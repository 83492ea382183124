// What a server may import, in one program, with Act-On in the process. Bundled from the installed
// packages, and run without them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { fileStore } from '@act-on-token/file';
import { memoryStore } from '@act-on-token/memory';
import { redisStore } from '@act-on-token/redis';
import { storeCases } from '@act-on-token/store-kit';
import { Redis } from 'ioredis';

const actOn = createEmulator();
const directory = await mkdtemp(join(tmpdir(), 'act-on-'));
const endpoint = actOnEndpoint({
  clientId: actOn.client.id,
  clientSecret: actOn.client.secret,
  fetch: actOn.fetch,
});
const session = createSession({
  endpoint,
  account: actOn.user.username,
  store: fileStore({ directory }),
  credentials: () => actOn.user,
});
const lists = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
const { totalCount } = (await lists.json()) as { totalCount: number };

const redirectUri = 'https://app.example/auth/callback';
const broker = createBroker({
  endpoint,
  store: memoryStore(),
  redirectUri,
  sessionSecret: 'a secret of thirty-two characters',
});
const answer = await broker(
  new Request('https://app.example/auth/session', { headers: { 'x-act-on-broker': '1' } }),
);

const redis = new Redis({ lazyConnect: true });
await redisStore(redis).close();
await storeCases[0]?.run(() => memoryStore());

const { used } = session.getSnapshot().grants;
console.log(
  `${session.getSnapshot().status}, ${totalCount} lists; the broker says ${answer.status}; Redis is ${redis.status}; ${used} sign-in`,
);
await session.close();
redis.disconnect();
await rm(directory, { recursive: true });
