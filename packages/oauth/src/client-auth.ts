/**
 * How the client proves who it is. `client_secret_basic`: RFC 6749 §2.3.1, both parts encoded as a
 * form is; `client_secret_basic_raw`: neither part is, for servers that do not decode them;
 * `client_secret_post`: in the body; `none`: a public client, or one that its TLS certificate
 * identifies.
 */
export type ClientAuth =
  | 'client_secret_basic'
  | 'client_secret_basic_raw'
  | 'client_secret_post'
  | 'none';

export const clientAuths: readonly ClientAuth[] = [
  'client_secret_basic',
  'client_secret_basic_raw',
  'client_secret_post',
  'none',
];

/** What a request carries to prove it. */
export interface Proof {
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** What no message may repeat. */
  readonly secrets: readonly string[];
}

export function proofOf(auth: ClientAuth, clientId: string, clientSecret: string): Proof {
  if (auth === 'none') return { parameters: { client_id: clientId }, headers: {}, secrets: [] };
  if (auth === 'client_secret_post')
    return {
      parameters: { client_id: clientId, client_secret: clientSecret },
      headers: {},
      secrets: [clientSecret],
    };
  const isRaw = auth === 'client_secret_basic_raw';
  const pair = [clientId, clientSecret].map((text) => (isRaw ? text : formEncoded(text))).join(':');
  const proof = btoa(String.fromCharCode(...new TextEncoder().encode(pair)));
  return {
    parameters: {},
    headers: { authorization: `Basic ${proof}` },
    secrets: [clientSecret, proof],
  };
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
