import { createEmulator, type Emulator, type FaultEffect, type LedgerEntry } from '@act-on-token/emulator';
import type { ServerRequest } from '../../chaos/evidence.ts';
import type { GrantName, Print } from '../../chaos/history.ts';
import { print } from '../../chaos/record-view.ts';
import type { Timeline } from './timeline.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  /** What the server noted of it. */
  readonly entry: LedgerEntry;
  readonly access: Print | null;
  readonly refresh: Print | null;
}

export interface ServerTraits {
  readonly seed: string;
  readonly reuseDetection: 'reject' | 'revokeFamily';
  readonly revokeOldAccess: boolean;
  readonly limitRetryAfter: 'absent' | 'seconds';
  readonly grantLimit: { readonly limit: number; readonly window: number };
}

/** What works for an account: whose grant it came from, and the one refresh token that is good. */
interface Living {
  readonly family: number;
  readonly token: Print;
  readonly isOurs: boolean;
}

/** The emulated Act-On, its books, and what the simulation must know to judge: which pair is alive, and whose it is. */
export class ActOnServer {
  readonly requests: ServerRequest[] = [];
  readonly accessTokens: Record<Print, { account: string; expiresAt: number }> = {};
  readonly #timeline: Timeline;
  readonly #traits: ServerTraits;
  readonly #passwords: Map<string, string>;
  readonly #living = new Map<string, Living>();
  readonly #families = new Map<Print, number>();
  readonly #owners = new Map<Print, string>();
  #emulator: Emulator;

  constructor(timeline: Timeline, traits: ServerTraits, passwords: ReadonlyMap<string, string>) {
    this.#timeline = timeline;
    this.#traits = traits;
    this.#passwords = new Map(passwords);
    this.#emulator = this.#start();
  }

  get client(): Emulator['client'] {
    return this.#emulator.client;
  }

  /** The refresh token that works; `null` if none does. */
  liveOf(account: string): Print | null {
    return this.#living.get(account)?.token ?? null;
  }

  /** Whose refresh token it is. */
  ownerOf(token: Print): string | null {
    return this.#owners.get(token) ?? null;
  }

  /** Whether the pair that works was handed to somebody else, or taken back from outside: no record can know that. */
  isForeign(account: string): boolean {
    return this.#living.get(account)?.isOurs === false;
  }

  /** `isOurs`: from one of the processes that share the store. `struck`: what goes wrong at the server with this request. */
  async carryOut(url: string, init: RequestInit, isOurs: boolean, struck: FaultEffect | null): Promise<Reply> {
    const route = new URL(url).pathname === '/token' ? 'token' : 'api';
    const armed = struck === null ? null : this.#emulator.faults.arm({ route, ...struck });
    const response = await this.#emulator.fetch(url, init);
    const text = await response.text();
    armed?.disarm();
    const entry = this.#emulator.ledger.entries.at(-1) as LedgerEntry;
    const { access, refresh } = route === 'token' && entry.granted ? issued(text) : { access: null, refresh: null };
    if (route === 'token') this.#noteRequest(entry, sentToken(init), access, refresh, isOurs);
    return { status: response.status, headers: Object.fromEntries(response.headers), text, entry, access, refresh };
  }

  /** Everybody's tokens of this account are taken back. */
  revoke(account: string): void {
    this.#emulator.revoke({ user: account });
    if (this.#living.has(account)) this.#living.set(account, { family: -1, token: 'nobody', isOurs: false });
  }

  setPassword(account: string, password: string): void {
    this.#passwords.set(account, password);
    this.restart();
  }

  /** It remembers everything. */
  restart(): void {
    this.#emulator = this.#start(this.#emulator);
  }

  #start(before?: Emulator): Emulator {
    const users = Array.from(this.#passwords, ([username, password]) => ({ username, password }));
    return createEmulator({
      ...this.#traits,
      users,
      now: () => Math.floor(this.#timeline.now),
      tokenStyle: 'hex32',
      apiLimits: null,
      ledgerLimit: 1,
      ...(before === undefined ? {} : { state: before.exportState() }),
    });
  }

  #noteRequest(entry: LedgerEntry, sent: Print | null, access: Print | null, refresh: Print | null, isOurs: boolean): void {
    const { at, user, granted, replayed, grantType } = entry;
    if (isOurs) this.requests.push({ at, account: user, grant: grantType as GrantName, granted, replayed });
    if (user === null) return;
    const known = sent === null ? null : (this.#families.get(sent) ?? null);
    const living = this.#living.get(user);
    const isTheft = replayed && !granted && this.#traits.reuseDetection === 'revokeFamily' && entry.processed;
    if (isTheft && living !== undefined && living.family === known) this.#living.delete(user);
    if (access !== null) this.accessTokens[access] = { account: user, expiresAt: at + 3_600_000 };
    if (refresh === null) return;
    const family = known ?? this.#families.size + 1;
    this.#families.set(refresh, family);
    this.#owners.set(refresh, user);
    this.#living.set(user, { family, token: refresh, isOurs });
  }
}

/** A pair is issued whatever then becomes of the answer, so this reads the tokens of an answer that is whole. */
function issued(text: string): { access: Print | null; refresh: Print | null } {
  const body = JSON.parse(text) as { access_token?: string; refresh_token?: string };
  return {
    access: body.access_token === undefined ? null : print(body.access_token),
    refresh: body.refresh_token === undefined ? null : print(body.refresh_token),
  };
}

function sentToken({ body }: RequestInit): Print | null {
  const token = new URLSearchParams(String(body)).get('refresh_token');
  return token === null ? null : print(token);
}
