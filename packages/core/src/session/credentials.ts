import { misconfigured } from '../errors.ts';
import type { TokenEndpoint } from '../wire/endpoint.ts';
import { checkGrant, type PasswordGrant } from '../wire/grant.ts';
import { explain } from './messages.ts';
import type { Credentials, Environment, MaybePromise } from './options.ts';
import { within } from './wait.ts';

/** Longest that a caller's `credentials` may take, in milliseconds. */
export const longestAnswer = 20_000;
const silent: unique symbol = Symbol('silent');

/** The user's `credentials`, asked with a deadline. Held by: callbacks.test.ts. */
export class CredentialSource {
  readonly #environment: Environment;
  readonly #ask: (() => MaybePromise<Credentials>) | undefined;
  /** The callback is being called right now: what asks for a token meanwhile is the callback itself. */
  isAsking = false;

  constructor(environment: Environment, ask: (() => MaybePromise<Credentials>) | undefined) {
    this.#environment = environment;
    this.#ask = ask;
  }

  get exists(): boolean {
    return this.#ask !== undefined;
  }

  /** Rejects with what the callback throws, with `configuration` for what is not a user name and a password, with `timeout`, or once `ended` aborts. */
  async grant(ended: AbortSignal): Promise<PasswordGrant> {
    const answer = await within(this.#environment.clock, this.#answer(), longestAnswer, silent, [ended]);
    if (answer === silent)
      throw explain('timeout', {
        detail: `"credentials" gave no answer within ${longestAnswer} ms; it must not ask its own session for a token`,
      });
    if (typeof answer !== 'object' || answer === null) throw misconfigured('"credentials" must give { username, password }.');
    const grant: PasswordGrant = { type: 'password', username: answer.username, password: answer.password };
    checkGrant(grant);
    return grant;
  }

  async #answer(): Promise<Credentials | undefined> {
    this.isAsking = true;
    try {
      return this.#ask?.();
    } finally {
      this.isAsking = false;
    }
  }
}

/** Recognises credentials without keeping them. */
export function fingerprintOf(endpoint: TokenEndpoint, { username, password }: { username: string; password: string }): Promise<string> {
  return endpoint.print(JSON.stringify([username, password]));
}
