import type { IncomingMessage } from 'node:http';
import type { TestClock } from './test-clock.ts';

/** How a client of a test server proves who it is. */
export type Method =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'none'
  | 'private_key_jwt'
  | 'tls_client_auth';

export const redirectUri = 'https://app.example/callback';
/** With every character that one encoding or the other could spoil. */
export const secretOfClients = "s3cret:%2F+&= '~!";

export interface TestServer {
  readonly port: number;
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly authorizeUrl: string;
  readonly revocationUrl: string | undefined;
  /** Grants that the server accepted, and those that it refused. */
  readonly granted: { code: number; refresh: number };
  readonly refused: string[];
  /** What the person does at this URL, until the redirect comes back. */
  signIn(url: URL): Promise<string>;
  /** Whether the server still takes this access token. */
  accepts(accessToken: string): Promise<boolean>;
  close(): Promise<void>;
}

/** What a server does with a refresh token that was used. */
export type Policy =
  | 'keeps it'
  | 'rotates, and revokes the family'
  | 'rotates, after 30 s of grace';

export interface ServerSetup {
  readonly policy: Policy;
  readonly clock: TestClock;
}

/** The client for each method; its id has a colon in it where the method allows that. */
export const clientIdOf = (method: Method): string => `client ${method}`.replaceAll(' ', '-');

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
