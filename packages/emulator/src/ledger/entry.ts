import type { FaultKind } from '../faults/fault.ts';
import type { ReceivedRequest, RouteName } from '../received-request.ts';
import type { GrantType } from '../settings.ts';

/**
 * One request and what became of it. It holds names, numbers and labels; no token, secret, password
 * or code is in it.
 */
export interface LedgerEntry {
  /** 1 for the first request. */
  readonly number: number;
  /** When it arrived, in epoch milliseconds of the emulator's clock. */
  readonly at: number;
  readonly method: string;
  readonly route: RouteName;
  /** The path, with everything masked in it that is or may be a secret. */
  readonly path: string;
  /** The names of the known parameters it carried, in the query or the form. */
  readonly parameters: readonly string[];
  readonly grantType: GrantType | null;
  /** `null`: none that the emulator knows. */
  readonly client: string | null;
  readonly user: string | null;
  /**
   * Which token or code it carried, such as `refresh_token 2`: one label per value, in order of
   * first sight.
   */
  readonly token: string | null;
  readonly secretInUrl: boolean;
  /** The faults that struck it, in the order in which they were armed. */
  readonly faults: readonly FaultKind[];
  /** `'open'`: it is still under way. `'dropped'`: its connection was cut. */
  readonly outcome: 'open' | 'answered' | 'dropped';
  /**
   * Whether the emulated Act-On worked on it. A fault may answer in its place, or cut the
   * connection before or after it.
   */
  readonly processed: boolean;
  /** Whether a pair was issued, be it delivered or not. */
  readonly granted: boolean;
  /** Whether it carried a refresh token that was already spent. */
  readonly replayed: boolean;
  /** The status that was delivered; `null` while open and for a dropped connection. */
  readonly status: number | null;
  /** The error code of a refusal by the token endpoint, and why where the code does not say. */
  readonly error: string | null;
  readonly reason: string | null;
}

/** What an entry says from the start. The rest is known when the request ends. */
export function openEntry(
  received: ReceivedRequest,
  facts: Pick<LedgerEntry, 'number' | 'at' | 'path' | 'token' | 'secretInUrl'>,
): LedgerEntry {
  return {
    ...facts,
    method: methods.includes(received.method) ? received.method : 'OTHER',
    route: received.route,
    parameters: parameterNames(received),
    grantType: received.grantType,
    client: received.client,
    user: received.user,
    faults: [],
    outcome: 'open',
    processed: false,
    granted: false,
    replayed: false,
    status: null,
    error: null,
    reason: null,
  };
}

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

// A name is whatever the client wrote, a stray token for instance, so only these are repeated.
const knownParameters: readonly string[] = [
  ...[
    'grant_type',
    'client_id',
    'client_secret',
    'username',
    'password',
    'refresh_token',
    'code',
    'redirect_uri',
    'code_verifier',
  ],
  ...[
    'scope',
    'response_type',
    'state',
    'code_challenge',
    'code_challenge_method',
    'csrf',
    'consent',
    'access_token',
  ],
  ...['listingtype', 'count', 'offset', 'email'],
];

function parameterNames(received: ReceivedRequest): string[] {
  return knownParameters.filter((name) => received.form.get(name) !== null);
}
