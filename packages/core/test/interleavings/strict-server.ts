/** One send of a refresh token, and whether its sender has learned what became of it. */
interface Send {
  readonly token: string;
  answer: 'none' | 'known' | 'unusable';
}

/**
 * Act-On at its strictest, and synchronous, so that a test decides when a request arrives and when
 * its answer does: a refresh token works once and dies with the next grant; there is no grace.
 */
export class StrictServer {
  #live: string | null = null;
  #access: string | null = null;
  #issued = 0;
  #inFlight = 0;
  readonly #sends: Send[] = [];
  readonly grantTimes: number[] = [];
  /** What must never happen, in words. */
  readonly violations: string[] = [];
  refreshes = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A request leaves a client. The returned function tells how that client's wait ended. */
  leave(form: URLSearchParams): (answer: Send['answer']) => void {
    this.#inFlight += 1;
    if (this.#inFlight > 1) this.violations.push('S1: two token requests are under way at once');
    const send = this.#noteSend(form.get('refresh_token'));
    if (form.get('grant_type') === 'password') this.#noteGrant();
    return (answer) => {
      this.#inFlight -= 1;
      if (send !== null) send.answer = answer;
    };
  }

  /** The request is processed. */
  process(form: URLSearchParams): Response {
    if (form.get('grant_type') === 'password') {
      return form.get('password') === 'right' ? this.#issue() : refused('Wrong email or password.');
    }
    return form.get('refresh_token') === this.#live && this.#live !== null
      ? this.#issue()
      : refused('Unknown or invalid refresh token.');
  }

  accepts(accessToken: string): boolean {
    return accessToken === this.#access;
  }

  isLive(refreshToken: string | null): boolean {
    return refreshToken === this.#live;
  }

  #noteSend(token: string | null): Send | null {
    if (token === null) return null;
    this.refreshes += 1;
    const earlier = this.#sends.filter((send) => send.token === token);
    if (earlier.some(({ answer }) => answer === 'known'))
      this.violations.push('S2: a refresh token is sent again although its outcome is known');
    if (earlier.some(({ answer }) => answer === 'none'))
      this.violations.push('S2: a probe goes out beside the send that it asks about');
    const send: Send = { token, answer: 'none' };
    this.#sends.push(send);
    return send;
  }

  #noteGrant(): void {
    this.grantTimes.push(this.#now());
    if (this.grantTimes.filter((at) => at > this.#now() - 3_600_000).length > 5)
      this.violations.push('S5: a sixth grant within an hour');
  }

  #issue(): Response {
    this.#issued += 1;
    this.#live = `refresh-${this.#issued}`;
    this.#access = `access-${this.#issued}`;
    return Response.json({
      access_token: this.#access,
      refresh_token: this.#live,
      token_type: 'Bearer',
      expires_in: 3600,
    });
  }
}

function refused(description: string): Response {
  return Response.json({ error: 'invalid_grant', error_description: description }, { status: 403 });
}
