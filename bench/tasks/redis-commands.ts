// Row 5: what a client asks of Redis for a token, cold and warm, and for a refresh.
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { clientNamed } from '../clients/all.ts';
import { encodeTokens, type OpenClient, type Place, type Tokens } from '../clients/client.ts';
import { ours, seeded, sessionOf } from '../clients/ours.ts';
import { commandsDuring } from '../harness/redis.ts';
import { shelfOn, tokensKey } from './shared-account.ts';

export interface Input {
  readonly client: string;
  readonly place: Place;
  readonly port: number;
  readonly tokens: Tokens;
}

export interface RedisCommands {
  readonly cold: number;
  readonly warm: number;
  readonly refresh: number;
}

export async function measure({ client, place, port, tokens }: Input): Promise<RedisCommands> {
  const redis = new Redis({ port });
  const put = (pair: Tokens): Promise<unknown> =>
    client === ours.name
      ? seeded(redisStore(redis), place, pair)
      : redis.set(tokensKey, encodeTokens(pair));
  const open = (): Promise<OpenClient> => openWith(client, place, redis);
  await put(tokens);
  let opened = await open();
  await opened.getAccessToken();
  const cold = await commandsDuring(port, async () => {
    opened = await open();
    await opened.getAccessToken();
  });
  const warm = await commandsDuring(port, () => opened.getAccessToken());
  opened.close();
  await put({ ...tokens, expiresAt: Date.now() - 1_000 });
  // What is read first is counted as a cold read is; it belongs to no refresh.
  const whole = await commandsDuring(port, async () => {
    const expired = await open();
    await expired.getAccessToken();
    expired.close();
  });
  return { cold, warm, refresh: whole - cold };
}

async function openWith(client: string, place: Place, redis: Redis): Promise<OpenClient> {
  if (client === ours.name) {
    const session = sessionOf(place, redisStore(redis));
    return {
      getAccessToken: () => session.getAccessToken(),
      current: null,
      fetch: null,
      close: () => void session.close(),
    };
  }
  const opened = await clientNamed(client).openShared?.(place, shelfOn(redis));
  if (opened === undefined) throw new Error(`${client} cannot share a store.`);
  return opened;
}
