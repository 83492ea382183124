import type { Gateway } from '../gateways/gateway.ts';
import type { GrantType, ProfileName, ProfileSwitch, Switches } from '../settings.ts';

/** An error answer of `/token`: RFC 6749 §5.2, with the status the profile gives it. */
export interface OAuthError {
  readonly status: number;
  readonly error: string;
  readonly description?: string;
}

/** One generation of Act-On's servers: all that differs between them, and nothing that does not. */
export interface Profile {
  readonly name: ProfileName;
  /** How the switches stand that are not the same in every profile. */
  readonly switches: Pick<Switches, ProfileSwitch>;
  readonly gateway: Gateway;
  /** Whether answers carry `x-request-id` and `x-global-transaction-id`. */
  readonly requestIds: boolean;
  /**
   * The `WWW-Authenticate` for a client that failed to authenticate by a header; `null`: there is
   * none.
   */
  readonly clientChallenge: string | null;
  readonly clientRejected: OAuthError;
  readonly credentialsRejected: OAuthError;
  readonly refreshTokenRejected: OAuthError;
  readonly codeRejected: OAuthError;
  grantNotAllowed(grantType: GrantType): OAuthError;
}
