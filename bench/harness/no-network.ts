import type { Place, Tokens } from '../clients/client.ts';

/** From now on every request of this process is answered at once, by nobody. */
export function cutNetwork(): void {
  globalThis.fetch = async () => new Response(null, { status: 200 });
}

/** Nobody listens there. */
export const nowhere: Place = {
  origin: 'http://127.0.0.1:9',
  clientId: 'client',
  clientSecret: 'secret',
  username: 'ada@example.test',
  password: 'a password',
};

export const freshTokens = (): Tokens => ({
  accessToken: hex(),
  refreshToken: hex(),
  expiresAt: Date.now() + 3_500_000,
});

const hex = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex');
