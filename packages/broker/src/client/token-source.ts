import type { AccessTokenOptions, Clock } from '@act-on-token/core';
import type { Gateway } from './gateway.ts';
import type { KeptToken } from './kept-token.ts';

const minValidityByDefault = 30_000;

/** Access tokens from the broker, in token mode: one request at a time, and none while a valid token is at hand. */
export class TokenSource {
  readonly #gateway: Gateway;
  readonly #kept: KeptToken;
  readonly #clock: Clock;
  readonly #obtained: () => void;
  #flight: Promise<string> | null = null;

  /** `obtained` is called after the broker gave a token that is not the one at hand. */
  constructor(gateway: Gateway, kept: KeptToken, clock: Clock, obtained: () => void) {
    this.#gateway = gateway;
    this.#kept = kept;
    this.#clock = clock;
    this.#obtained = obtained;
  }

  current(): string | undefined {
    const { held } = this.#kept;
    return held !== null && held.expiresAt > this.#clock.now() ? held.token : undefined;
  }

  async get({ minValidity, rejected, signal }: AccessTokenOptions): Promise<string> {
    signal?.throwIfAborted();
    const held = await this.#kept.find();
    const isGood = held !== null && held.token !== rejected && held.expiresAt - this.#clock.now() >= (minValidity ?? minValidityByDefault);
    if (isGood) return held.token;
    this.#flight ??= this.#obtain(minValidity, rejected).finally(() => {
      this.#flight = null;
    });
    return signal === undefined ? this.#flight : abortable(this.#flight, signal);
  }

  async #obtain(minValidity: number | undefined, rejected: string | undefined): Promise<string> {
    const { epoch, held } = this.#kept;
    const asked = this.#clock.now();
    const refused = rejected === undefined ? {} : { rejected: await digest(rejected) };
    const answer = await this.#gateway.token({ ...refused, ...(minValidity === undefined ? {} : { min_validity: minValidity }) });
    await this.#kept.keep({ token: answer.access_token, expiresAt: asked + answer.expires_in * 1000 }, epoch);
    if (answer.access_token !== held?.token) this.#obtained();
    return answer.access_token;
  }
}

/** SHA-256 in base64url: it names a token without telling it. */
async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Only this wait ends; the request goes on for others. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
