import { wso2 } from '../gateways/wso2.ts';
import type { Profile } from './profile.ts';

/**
 * WSO2 API Manager, token issuer and gateway in one: Act-On until December 2023, as far as its old
 * pages and WSO2's own say.
 */
export const legacy: Profile = {
  name: 'legacy',
  switches: {
    tokenStyle: 'uuid',
    scope: 'default',
    tokenType: 'Bearer',
    // One token is active per client, user and scope.
    revokeOldAccess: true,
    limitRetryAfter: 'http-date',
    basicAuth: false,
  },
  gateway: wso2,
  requestIds: false,
  clientChallenge: null,
  clientRejected: {
    status: 401,
    error: 'invalid_client',
    description: 'Client credentials are invalid.',
  },
  credentialsRejected: {
    status: 400,
    error: 'invalid_grant',
    description: 'Provided Authorization Grant is invalid',
  },
  refreshTokenRejected: {
    status: 400,
    error: 'invalid_grant',
    description: 'Persisted access token data not found',
  },
  codeRejected: {
    status: 400,
    error: 'invalid_grant',
    description: 'Invalid authorization code received from token request',
  },
  grantNotAllowed: () => ({
    status: 400,
    error: 'unauthorized_client',
    description: 'The authenticated client is not authorized to use this authorization grant type',
  }),
};
