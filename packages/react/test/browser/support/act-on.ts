import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import type { ActOn } from '../program/session.ts';

/** An Act-On that serves pages of this origin, and says Yes by itself. */
export async function actOnFor(
  origin: string,
): Promise<{ emulator: ServedEmulator; script: string }> {
  const emulator = await serveEmulator({
    cors: [origin],
    redirectUris: [`${origin}/callback`],
    autoConsent: 'marketer@example.test',
  });
  const { client, url, user } = emulator;
  const actOn: ActOn = {
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl: url,
    username: user.username,
  };
  return { emulator, script: `globalThis.actOnOfPage = ${JSON.stringify(actOn)};` };
}
