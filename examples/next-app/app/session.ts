import { createBrokerSession } from '@act-on-token/broker/client';

/**
 * Made once for the page. On the server, which renders with it, it stays as it is: no one's
 * session.
 */
export const session = createBrokerSession({ url: '/auth' });
