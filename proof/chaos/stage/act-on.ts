import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import type { ServerBooks, ServerRequest } from '../../judge/evidence.ts';
import type { GrantName, Print } from '../../judge/history.ts';
import { print } from '../../judge/record-view.ts';

export interface AccountOptions {
  readonly username: string;
  readonly password: string;
}

/** An emulated Act-On whose access tokens live `lifetime` seconds. */
export function startActOn(
  users: readonly AccountOptions[],
  lifetime: number,
  grantLimit: { limit: number; window: number },
): Promise<ServedEmulator> {
  return serveEmulator({
    users,
    grantLimit,
    advertisedExpiresIn: lifetime,
    realLifetime: lifetime,
    ledgerLimit: 1_000_000,
  });
}

/** What the server knows, with prints in place of tokens. */
export function booksOf({ ledger, exportState }: ServedEmulator): ServerBooks {
  const { maps } = exportState();
  const families = new Map(maps.families as [number, Family][]);
  const spent = new Map(maps.refreshTokens as [string, { spentAt: number | null }][]);
  const live = [...families.values()].filter(
    ({ closed, current }) => closed === null && spent.get(current)?.spentAt === null,
  );
  const tokens = maps.accessTokens as [string, { family: number; expiresAt: number }][];
  return {
    requests: ledger.entries.flatMap(
      ({ route, at, user, grantType, granted, replayed }): ServerRequest[] =>
        route === 'token'
          ? [{ at, account: user, grant: grantType as GrantName, granted, replayed }]
          : [],
    ),
    live: Object.fromEntries(
      live.map(({ user, current }): [string, Print] => [user, print(current)]),
    ),
    accessTokens: Object.fromEntries(
      tokens.map(([token, { family, expiresAt }]) => [
        print(token),
        { account: families.get(family)?.user ?? '', expiresAt },
      ]),
    ),
  };
}

/** What the emulator exports of the tokens that come from one grant. */
interface Family {
  readonly user: string;
  readonly current: string;
  readonly closed: string | null;
}
