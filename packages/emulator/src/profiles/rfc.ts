import { apiConnect } from '../gateways/api-connect.ts';
import type { OAuthError, Profile } from './profile.ts';

/** RFC 6749 §5.2 asks for no description, so there is none: a client must do with the code. */
const invalidGrant: OAuthError = { status: 400, error: 'invalid_grant' };

/**
 * A token issuer to the letter of RFC 6749, and 401s of the API to that of RFC 6750. No Act-On was
 * ever like it.
 */
export const rfc: Profile = {
  name: 'rfc',
  switches: {
    tokenStyle: 'hex32',
    // Optional where it is what was asked for (§5.1).
    scope: null,
    // Not case sensitive (§5.1), and Act-On's oldest pages write it so.
    tokenType: 'bearer',
    revokeOldAccess: false,
    limitRetryAfter: 'absent',
    // Every server must take it (§2.3.1).
    basicAuth: true,
  },
  gateway: apiConnect('Bearer error="invalid_token"'),
  requestIds: false,
  clientChallenge: 'Basic realm="act-on"',
  clientRejected: { status: 401, error: 'invalid_client' },
  credentialsRejected: invalidGrant,
  refreshTokenRejected: invalidGrant,
  codeRejected: invalidGrant,
  grantNotAllowed: () => ({ status: 400, error: 'unauthorized_client' }),
};
