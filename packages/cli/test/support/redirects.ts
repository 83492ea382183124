import { freePort } from '../../../../proof/support/listen.ts';

/**
 * A redirect URI on a port that is free on every address: not one of those from which systems take
 * ports for whoever asks.
 */
export async function freeRedirectUri(): Promise<string> {
  return `http://127.0.0.1:${await freePort(10_000, 30_000, 'everywhere')}/callback`;
}
