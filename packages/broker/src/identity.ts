import type { TokenEndpoint } from '@act-on-token/core';

/** Whose token it is, as `GET /api/1/account` says. What Act-On leaves out is an empty text. */
export interface ActOnAccount {
  readonly accountId: string;
  readonly accountName: string;
  /** The name with which this person signs in to Act-On. */
  readonly login: string;
  readonly userName: string;
  readonly email: string;
}

const mostTries = 3;
/** Milliseconds for one try, and between two. */
const timeout = 2_500;
const pause = 300;
const longestAnswer = 65_536;

/**
 * Asks Act-On whose token this is; `null` if it does not say. Never rejects: the token is worth
 * keeping whatever comes of this.
 */
export async function whoIs(
  endpoint: TokenEndpoint,
  accessToken: string,
): Promise<ActOnAccount | null> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(endpoint, accessToken);
    if (answer !== 'try again') return answer;
    if (attempt === mostTries) return null;
    await new Promise((resolve) => setTimeout(resolve, pause * attempt));
  }
}

async function ask(
  endpoint: TokenEndpoint,
  accessToken: string,
): Promise<ActOnAccount | null | 'try again'> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), timeout);
  try {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    const url = new URL('api/1/account', endpoint.apiBase);
    const response = await endpoint.fetch(url, {
      headers,
      redirect: 'manual',
      signal: giveUp.signal,
    });
    if (response.status === 429 || response.status >= 500) return 'try again';
    const text = await response.text();
    return response.ok && text.length <= longestAnswer ? readAccount(JSON.parse(text)) : null;
  } catch (error) {
    return error instanceof SyntaxError ? null : 'try again';
  } finally {
    clearTimeout(timer);
  }
}

/** Without an account and somebody in it there is nobody to tell apart. */
function readAccount(body: unknown): ActOnAccount | null {
  const fields = Object(body) as Record<string, unknown>;
  const text = (name: string): string => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const [accountId, userName, email] = [text('account_id'), text('user_name'), text('user_email')];
  const login = text('login') || email || userName;
  return accountId !== '' && login !== ''
    ? { accountId, accountName: text('account_name'), login, userName, email }
    : null;
}
