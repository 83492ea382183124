import type { Clock } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';

/**
 * How long an access token lives here, in seconds. Act-On's live for an hour, which is long to look
 * at.
 */
export const tokenLifetime = 600;

/**
 * An Act-On on a free port, whose time is that of the demo, so that both can be skipped at once.
 */
export function serveActOn(redirectUri: string, clock: Clock): Promise<ServedEmulator> {
  return serveEmulator({
    redirectUris: [redirectUri],
    now: () => clock.now(),
    advertisedExpiresIn: tokenLifetime,
    realLifetime: tokenLifetime,
    // Whoever sends a refresh token again after a lost reply gets a pair for it: else only a new
    // sign-in would help.
    overlapSeconds: tokenLifetime,
    // A person who clicks fast should not meet this limit.
    apiLimits: null,
    lists,
  });
}

const lists = [
  list('Newsletter, weekly', 1248),
  list('Customers', 862),
  list('Webinar: getting started', 214),
  list('Trade fair, spring', 97),
  list('Trial accounts', 431),
  list('Partners', 38),
];

function list(name: string, count: number): { name: string; rows: string[][] } {
  const rows = Array.from({ length: count }, (_, index) => [
    `person-${index}@example.test`,
    'Ada',
    'Example',
  ]);
  return { name, rows };
}
