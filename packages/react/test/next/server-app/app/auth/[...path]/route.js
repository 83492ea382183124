import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

let broker;

/** Made at the first request: a build runs this module too, and has no secrets. */
function handle(request) {
  const {
    ACT_ON_CLIENT_ID: clientId,
    ACT_ON_CLIENT_SECRET: clientSecret,
    ACT_ON_BASE_URL: baseUrl,
  } = process.env;
  broker ??= createBroker({
    endpoint: actOnEndpoint({ clientId, clientSecret, baseUrl }),
    store: memoryStore(),
    redirectUri: `${process.env.APP_URL}/auth/callback`,
    sessionSecret: process.env.SESSION_SECRET,
  });
  return broker(request);
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
