import {
  actOnEndpoint,
  createSession,
  type Fetch,
  isActOnTokenError,
  type Session,
} from '../../../packages/core/src/index.ts';
import { memoryStore } from '../../../packages/memory/src/index.ts';
import { must, mustKeepSecrets, type Reader, secrets, textOf } from './reader.ts';

/** What a program may hand to `session.fetch()`. */
export interface ApiUrl {
  readonly kind: 'text' | 'url' | 'request';
  readonly text: string;
}

const apiBase = 'https://api.example/gateway/';
const accessToken = 'access-token-canary';
let sent: { url: string; authorization: string | null }[] = [];
let session: Promise<Session> | null = null;

/** An address for an API call. Files: a line `text`, `url` or `request`, and the address. */
export const apiUrl: Reader<ApiUrl> = {
  name: 'api-url',
  fromBytes(bytes) {
    const [kind = '', ...rest] = textOf(bytes).split('\n');
    return { kind: kind === 'url' || kind === 'request' ? kind : 'text', text: rest.join('\n') };
  },
  async check(input) {
    const address = addressOf(input);
    if (address === null) return `${input.kind} cannot be made`;
    session ??= signedIn();
    const { fetch } = await session;
    sent = [];
    const error = await fetch(address).then(
      () => null,
      (reason: unknown) => reason,
    );
    for (const { url, authorization } of sent) {
      const { origin, username, password } = new URL(url);
      must(
        origin === new URL(apiBase).origin && username + password === '',
        'the token goes to the API only',
      );
      must(authorization === `Bearer ${accessToken}`, 'a request to the API carries the token');
    }
    if (error === null) return `${input.kind} sent`;
    must(
      sent.length === 0 && isActOnTokenError(error, 'configuration'),
      'another address is refused as a mistake of the program',
    );
    mustKeepSecrets(String(error), 'clientSecret', 'refreshToken');
    must(!String(error).includes(accessToken), 'no message repeats the access token');
    return `${input.kind} refused`;
  },
};

/** `null` for what a program could not make a URL or a Request of. */
function addressOf({ kind, text }: ApiUrl): string | URL | Request | null {
  if (kind === 'text') return text;
  if (kind === 'url') return URL.canParse(text) ? new URL(text) : null;
  try {
    return new Request(text);
  } catch {
    return null;
  }
}

async function signedIn(): Promise<Session> {
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.url === `${apiBase}token`)
      return Response.json({ access_token: accessToken, refresh_token: 'x' });
    sent.push({
      url: input instanceof Request ? input.url : String(input),
      authorization: request.headers.get('authorization'),
    });
    return new Response();
  };
  const endpoint = actOnEndpoint({
    clientId: 'client',
    clientSecret: secrets.clientSecret,
    baseUrl: apiBase,
    fetch,
  });
  const created = createSession({ endpoint, account: 'ada', store: memoryStore() });
  await created.authorize({ type: 'password', username: 'ada', password: secrets.code });
  return created;
}
