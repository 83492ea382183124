import { type BrokerSession, createBrokerSession } from '@act-on-token/broker/client';

/** Made once, for all components. It never holds a token: the broker at /auth has them. */
export const session: BrokerSession = createBrokerSession({ url: '/auth' });
