import { isActOnTokenError, readCallback } from '../../../packages/core/src/index.ts';
import { must, mustKeepSecrets, type Reader, secrets, textOf, Violation } from './reader.ts';

const redirectUri = 'https://app.example/callback';
const expected = { state: secrets.state, redirectUri, codeVerifier: secrets.verifier };

/** The address that a browser came back to. Files: the URL. */
export const callback: Reader<string> = {
  name: 'callback',
  fromBytes: textOf,
  check(url) {
    try {
      const { code } = readCallback(url, expected);
      mustBeTheAnswer(url, code);
      return 'accepted';
    } catch (error) {
      if (error instanceof Violation || !isActOnTokenError(error, 'callback')) throw error;
      mustKeepSecrets(error.message, 'state', 'verifier');
      must(/^[\x20-\x7e…]{1,700}$/.test(error.message), 'a refusal is short and can be printed');
      return error.message.replace(/Act-On says.*/s, 'Act-On says').replace(/"\w+"/g, 'x');
    }
  },
};

function mustBeTheAnswer(url: string, code: string): void {
  const { searchParams, origin, pathname } = new URL(url);
  must(`${origin}${pathname}` === redirectUri, 'a grant comes to the redirect URI only');
  must(searchParams.getAll('state').join() === secrets.state, 'a grant needs the state, once');
  must(
    searchParams.getAll('code').length === 1 && searchParams.get('code') === code,
    'a grant has the one code that came',
  );
  must(!searchParams.has('error'), 'an error is no grant');
  must(/^[\x20-\x7e]{1,4096}$/.test(code), 'a code is printable');
}
