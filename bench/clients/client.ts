/** A pair as any client keeps it; `expiresAt` in epoch milliseconds. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

/** Whose tokens they are and where they come from. */
export interface Place {
  /** Without a slash at the end: `/token` and `/api` lie beneath it. */
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
}

/** A text that several processes share, as far as clients go that know nothing better. */
export interface Shelf {
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
}

/** One account in one client. `null` stands for what a client does not offer. */
export interface OpenClient {
  getAccessToken(): Promise<string>;
  /** The valid token at hand, without waiting. */
  readonly current: (() => string | undefined) | null;
  /** One request to the API, `path` with its leading slash, with the token. */
  readonly fetch: ((path: string) => Promise<unknown>) | null;
  close(): void;
}

/** A client as somebody would use it who has read its documentation. */
export interface Client {
  readonly name: string;
  /** With this pair in memory. */
  open(place: Place, tokens: Tokens): Promise<OpenClient>;
  /** With whatever lies on the shelf, where a new pair goes too. */
  readonly openShared: ((place: Place, shelf: Shelf) => Promise<OpenClient>) | null;
  /**
   * What a program keeps of it for an account, without the adapter around it. Default: what `open`
   * gives.
   */
  keep?(place: Place, tokens: Tokens): Promise<object>;
}

export const encodeTokens = (tokens: Tokens): string => JSON.stringify(tokens);
export const decodeTokens = (text: string | null): Tokens => JSON.parse(text ?? 'null');

/** A shelf that nobody shares. */
export function shelfInMemory(first: string): Shelf {
  let text = first;
  const write = async (next: string): Promise<void> => {
    text = next;
  };
  return { read: async () => text, write };
}
