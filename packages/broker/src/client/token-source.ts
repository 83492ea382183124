import type { AccessTokenOptions, Clock } from '@act-on-token/core';
import { noAccount } from '../wire.ts';
import { changed } from './failures.ts';
import type { Gateway } from './gateway.ts';
import { type KeptToken, type Owner, sameOwner } from './kept-token.ts';
import { abortable } from './request.ts';

const minValidityByDefault = 30_000;

/**
 * Access tokens from the broker, in token mode: one request at a time for whom the page shows, and
 * none while a valid token is there.
 */
export class TokenSource {
  readonly #gateway: Gateway;
  readonly #kept: KeptToken;
  readonly #clock: Clock;
  readonly #owner: () => Owner | null;
  readonly #obtained: () => void;
  #flight: { readonly owner: Owner | null; readonly token: Promise<string> } | null = null;

  /**
   * `owner` is whom the page shows; `obtained` is called after the broker gave a token that is not
   * the one of before.
   */
  constructor(
    gateway: Gateway,
    kept: KeptToken,
    clock: Clock,
    owner: () => Owner | null,
    obtained: () => void,
  ) {
    this.#gateway = gateway;
    this.#kept = kept;
    this.#clock = clock;
    this.#owner = owner;
    this.#obtained = obtained;
  }

  current(): string | undefined {
    const { held } = this.#kept;
    return held !== null && sameOwner(held, this.#owner()) && held.expiresAt > this.#clock.now()
      ? held.token
      : undefined;
  }

  async get({ minValidity, rejected, signal }: AccessTokenOptions): Promise<string> {
    signal?.throwIfAborted();
    const owner = this.#owner();
    const held = owner && (await this.#kept.find(owner));
    const isGood =
      held !== null &&
      held.token !== rejected &&
      held.expiresAt - this.#clock.now() >= (minValidity ?? minValidityByDefault);
    if (isGood) return held.token;
    if (this.#flight === null || !sameOwner(this.#flight.owner, owner))
      this.#begin(owner, minValidity, rejected);
    return abortable(this.#flight?.token ?? Promise.reject(changed()), signal);
  }

  #begin(owner: Owner | null, minValidity: number | undefined, rejected: string | undefined): void {
    const flight = { owner, token: this.#obtain(owner, minValidity, rejected) };
    const end = (): void => {
      if (this.#flight === flight) this.#flight = null;
    };
    this.#flight = flight;
    flight.token.then(end, end);
  }

  async #obtain(
    owner: Owner | null,
    minValidity: number | undefined,
    rejected: string | undefined,
  ): Promise<string> {
    const { epoch, held } = this.#kept;
    const asked = this.#clock.now();
    const refused = rejected === undefined ? {} : { rejected: await digest(rejected) };
    const request = {
      ...refused,
      ...(minValidity === undefined ? {} : { min_validity: minValidity }),
    };
    const answer = await this.#gateway.token(request, owner?.accountId ?? noAccount);
    // Another user of the app may have come, who is signed in to the same account.
    if (owner === null || answer.signIn !== owner.signIn) throw changed();
    await this.#kept.keep(
      { ...owner, token: answer.access_token, expiresAt: asked + answer.expires_in * 1000 },
      epoch,
    );
    if (answer.access_token !== held?.token) this.#obtained();
    return answer.access_token;
  }
}

/** SHA-256 in base64url: it names a token without telling it. */
async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)),
  );
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
