import { Redis } from 'ioredis';

/** A client that waits with its connection until it is asked for something. */
export const redis: Redis = new Redis({ lazyConnect: true });
