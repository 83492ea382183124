import { ActOnTokenError, type OptionRule } from '@act-on-token/core';

/** A `configuration` error. */
export function misconfigured(message: string): ActOnTokenError {
  return new ActOnTokenError('configuration', message);
}

/** A text, or a URL of any realm, where a secret may be sent. */
const isSafe = (url: URL | string): boolean => {
  const text = String(url);
  // Not an array of one, say.
  if (((url as URL).href ?? url) !== text || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && isLocal);
  return isPrivate && username === '' && password === '' && hash === '';
};

const must = 'an https URL, or http on this machine, without credentials and without a fragment';
export const aUrl: OptionRule = [isSafe, undefined, must];
export const aRequiredUrl: OptionRule = [isSafe, null, must];
