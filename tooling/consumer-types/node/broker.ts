import { createServer } from 'node:http';
import {
  type ActOnAccount,
  type Broker,
  type BrokerEvent,
  type BrokerOptions,
  createBroker,
} from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

const options: BrokerOptions = {
  endpoint: actOnEndpoint({ clientId: 'id', clientSecret: 'secret' }),
  store: memoryStore(),
  redirectUri: 'https://app.example/auth/callback',
  sessionSecret: ['newest', 'older'],
  user: async (request) => request.headers.get('x-user'),
  account: (_request, who: ActOnAccount | null) => who?.login ?? 'unknown',
  expectAccount: (who) => who.accountId === '1001',
  onEvent: (event: BrokerEvent) => console.log(event.type),
};
export const broker: Broker = createBroker(options);

/** What Hono, Next.js, Deno, Bun and workers take. */
export const handler: (request: Request) => Promise<Response> = broker;
export const response: Response = await broker(new Request('https://app.example/auth/session'));
createServer().on('close', () => void broker.close());

// @ts-expect-error a broker without the secret that seals its cookies
createBroker({
  endpoint: options.endpoint,
  store: options.store,
  redirectUri: options.redirectUri,
});

// @ts-expect-error there is no such mode
createBroker({ ...options, mode: 'both' });
