import type { Redis } from 'ioredis';
import {
  decodeTokens,
  encodeTokens,
  type OpenClient,
  type Place,
  type Shelf,
  type Tokens,
} from './client.ts';
import { refreshGrant } from './floor.ts';

/**
 * The least that lets several processes share a pair while nothing goes wrong: one write claims,
 * one commits and tells the others. Whoever claimed and died blocks all of them for good.
 */
export async function leastFleetMember(
  place: Place,
  redis: Redis,
  shelf: Shelf,
): Promise<OpenClient> {
  const subscriber = redis.duplicate();
  await subscriber.subscribe('committed');
  const told = new Promise<Tokens>((resolve) =>
    subscriber.once('message', (_channel, text) => resolve(decodeTokens(text))),
  );
  let tokens = decodeTokens(await shelf.read());
  let flight: Promise<void> | null = null;
  const renew = async (): Promise<void> => {
    const isMine = (await redis.set('claim', 'taken', 'NX')) === 'OK';
    tokens = isMine ? await refreshGrant(place, tokens.refreshToken) : await told;
    const text = encodeTokens(tokens);
    if (isMine) await redis.multi().set('tokens', text).publish('committed', text).exec();
  };
  return {
    async getAccessToken() {
      if (Date.now() >= tokens.expiresAt) {
        flight ??= renew();
        await flight;
      }
      return tokens.accessToken;
    },
    current: null,
    fetch: null,
    close: () => subscriber.disconnect(),
  };
}
