export {
  type AuthorizationOptions,
  authorizationRequest,
  type ServerAuthorizationRequest,
} from './authorization-request.ts';
export type { ClientAuth } from './client-auth.ts';
export { type DiscoverEndpointOptions, discoverEndpoint } from './discover-endpoint.ts';
export { type OAuthEndpoint, type OAuthEndpointOptions, oauthEndpoint } from './oauth-endpoint.ts';
