import { Flight } from '../bell.ts';
import { misconfigured } from '../errors.ts';
import type { TokenEndpoint } from '../wire/endpoint.ts';
import { checkGrant, type PasswordGrant } from '../wire/grant.ts';
import type { Account } from './account.ts';
import { explain } from './messages.ts';
import type { Credentials, MaybePromise } from './options.ts';
import { Wait } from './wait.ts';

/** Longest that a caller's `credentials` may take, in milliseconds. */
export const longestAnswer = 20_000;

/** The user's `credentials`, asked with a deadline. Held by: callbacks.test.ts. */
export class CredentialSource {
  readonly #account: Account;
  readonly #ask: (() => MaybePromise<Credentials>) | undefined;
  /**
   * The callback is being called right now: what asks for a token meanwhile is the callback itself.
   */
  isAsking = false;

  constructor(account: Account, ask: (() => MaybePromise<Credentials>) | undefined) {
    this.#account = account;
    this.#ask = ask;
  }

  get exists(): boolean {
    return this.#ask !== undefined;
  }

  /**
   * Rejects with what the callback throws, with `configuration` for what is not a user name and a
   * password, `timeout` or `closed`.
   */
  async grant(): Promise<PasswordGrant> {
    let answer: Credentials | undefined;
    const asked = new Flight(this.#account.environment.clock, longestAnswer, async () => {
      answer = await this.#answer();
    });
    if (!(await new Wait(this.#account).until(asked, longestAnswer)))
      throw explain('timeout', {
        detail: `"credentials" gave no answer within ${longestAnswer} ms; it must not ask its own session for a token`,
      });
    if (typeof answer !== 'object' || answer === null)
      throw misconfigured('"credentials" must give { username, password }.');
    const grant: PasswordGrant = {
      type: 'password',
      username: answer.username,
      password: answer.password,
    };
    checkGrant(grant);
    return grant;
  }

  #answer(): MaybePromise<Credentials> | undefined {
    this.isAsking = true;
    try {
      return this.#ask?.();
    } finally {
      this.isAsking = false;
    }
  }
}

/** Recognises credentials without keeping them. */
export function fingerprintOf(
  endpoint: TokenEndpoint,
  { username, password }: Credentials,
): Promise<string> {
  return endpoint.fingerprint(JSON.stringify([username, password]));
}
