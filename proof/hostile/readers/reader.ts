/** What reads something that somebody else wrote, and what must be true whatever it reads. */
export interface Reader<Input> {
  readonly name: string;
  /**
   * Any bytes are some input: so that a corpus of small files can be kept and changed at random.
   */
  fromBytes(bytes: Uint8Array): Input;
  /** Reads it. Gives the sort of result; throws {@link Violation} if a promise was broken. */
  check(input: Input): Promise<string> | string;
}

/** A reader broke a promise. */
export class Violation extends Error {}

export function must(holds: boolean, promise: string): void {
  if (!holds) throw new Violation(promise);
}

/** What no message may repeat. */
export const secrets = {
  clientSecret: 'client-secret-canary',
  refreshToken: 'refresh-token canary',
  code: 'code-canary-1234567890',
  state: 'state-canary-1234567890',
  verifier: 'verifier-canary-1234567890',
} as const;

/**
 * `known` are those that the reader knows to be secrets: it cannot tell others from any other word.
 */
export function mustKeepSecrets(text: string, ...known: readonly (keyof typeof secrets)[]): void {
  for (const name of known) {
    const asSent = new URLSearchParams([['', secrets[name]]]).toString().slice(1);
    must(!text.includes(secrets[name]) && !text.includes(asSent), `no message repeats the ${name}`);
  }
}

export const textOf = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** As it comes out of a URL: half a surrogate pair does not. */
export const wellFormed = (text: string): string => textOf(new TextEncoder().encode(text));
