import { apiConnect } from '../gateways/api-connect.ts';
import type { Profile } from './profile.ts';

/** A token issuer that behaves like Auth0, behind IBM API Connect: Act-On since December 2023. */
export const current: Profile = {
  name: 'current',
  switches: {
    tokenStyle: 'jwt',
    scope: 'offline-access',
    tokenType: 'Bearer',
    revokeOldAccess: false,
    limitRetryAfter: 'absent',
    basicAuth: false,
  },
  // The single quotes are API Connect's.
  gateway: apiConnect("Bearer error='invalid_token'"),
  requestIds: true,
  clientChallenge: null,
  clientRejected: { status: 401, error: 'access_denied', description: 'Unauthorized' },
  credentialsRejected: {
    status: 403,
    error: 'invalid_grant',
    description: 'Wrong email or password.',
  },
  refreshTokenRejected: {
    status: 403,
    error: 'invalid_grant',
    description: 'Unknown or invalid refresh token.',
  },
  codeRejected: { status: 403, error: 'invalid_grant', description: 'Invalid authorization code' },
  grantNotAllowed: (grantType) => ({
    status: 403,
    error: 'unauthorized_client',
    description: `Grant type '${grantType}' not allowed for the client.`,
  }),
};
