import {
  createEmulator,
  type Emulator,
  type FaultEffect,
  type LedgerEntry,
} from '@act-on-token/emulator';
import type { ServerRequest } from '../../judge/evidence.ts';
import type { GrantName, Print } from '../../judge/history.ts';
import { print, printOrNull } from '../../judge/record-view.ts';
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
  readonly rotate: boolean;
  readonly grantLimit: { readonly limit: number; readonly window: number };
}

/** What works for an account: whose grant it came from, and the one refresh token that is good. */
interface Living {
  readonly family: number;
  readonly token: Print;
  readonly access: Print | null;
  readonly isOurs: boolean;
}

const redirectUri = 'https://app.simulation.test/callback';

/**
 * The emulated Act-On, its books, and what the simulation must know to judge: which pair is alive,
 * and whose it is.
 */
export class ActOnServer {
  readonly requests: ServerRequest[] = [];
  readonly accessTokens: Record<Print, { account: string; expiresAt: number }> = {};
  readonly #timeline: Timeline;
  readonly #traits: ServerTraits;
  readonly #passwords: Map<string, string>;
  readonly #living = new Map<string, Living>();
  readonly #families = new Map<Print, number>();
  readonly #owners = new Map<Print, string>();
  readonly #poisoned = new Set<Print>();
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

  /** The access token that came last, if the API still takes it. */
  accessOf(account: string): Print | null {
    const access = this.#living.get(account)?.access ?? null;
    const issued = access === null ? undefined : this.accessTokens[access];
    return issued !== undefined && issued.expiresAt > this.#timeline.now ? access : null;
  }

  get keepsTokens(): boolean {
    return !this.#traits.rotate;
  }

  /** Whose refresh token, or authorization code, it is. */
  ownerOf(token: Print): string | null {
    return this.#owners.get(token) ?? null;
  }

  /**
   * Whether the pair that works was handed to somebody else, or taken back from outside: no record
   * can know that.
   */
  isForeign(account: string): boolean {
    return this.#living.get(account)?.isOurs === false;
  }

  /**
   * `isOurs`: from one of the processes that share the store. `struck`: what goes wrong at the
   * server with this request.
   */
  async carryOut(
    url: string,
    init: RequestInit,
    isOurs: boolean,
    struck: FaultEffect | null,
  ): Promise<Reply> {
    const route = new URL(url).pathname === '/token' ? 'token' : 'api';
    const sent = route === 'token' ? sentToken(init) : null;
    const effect = sent !== null && this.#poisoned.has(sent) ? failing : struck;
    const armed = effect === null ? null : this.#emulator.faults.arm({ route, ...effect });
    const response = await this.#emulator.fetch(url, init);
    const text = await response.text();
    armed?.disarm();
    const entry = this.#emulator.ledger.entries.at(-1) as LedgerEntry;
    const { access, refresh } =
      route === 'token' && entry.granted ? issued(text) : { access: null, refresh: null };
    if (route === 'token') this.#noteRequest(entry, sent, access, refresh, isOurs);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
      entry,
      access,
      refresh,
    };
  }

  /** Somebody signs in by other means; the refresh token, `null` if Act-On refuses. */
  async tokenFor({
    name,
    password,
  }: {
    readonly name: string;
    readonly password: string;
  }): Promise<string | null> {
    const { id, secret } = this.client;
    const form = {
      grant_type: 'password',
      client_id: id,
      client_secret: secret,
      username: name,
      password,
    };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', headers, body: new URLSearchParams(form).toString() };
    const { status, text } = await this.carryOut(
      'https://api.actonsoftware.com/token',
      init,
      false,
      null,
    );
    return status === 200
      ? ((JSON.parse(text) as { refresh_token?: string }).refresh_token ?? null)
      : null;
  }

  /** Everybody's tokens of this account are taken back. */
  revoke(account: string): void {
    this.#emulator.revoke({ user: account });
    if (this.#living.has(account))
      this.#living.set(account, { family: -1, token: 'none', access: null, isOurs: false });
  }

  /** As `revoke`; and from now on the refresh token is answered with 500, for ever. */
  poison(account: string): void {
    const living = this.#living.get(account);
    if (living === undefined || living.family < 0) return;
    this.#poisoned.add(living.token);
    this.revoke(account);
  }

  /** A person says Yes on Act-On's page, and comes back with a code. */
  async issueCode(
    account: string,
  ): Promise<{ readonly code: string; readonly redirectUri: string }> {
    this.#emulator.configure({ autoConsent: account });
    const query = {
      response_type: 'code',
      client_id: this.client.id,
      redirect_uri: redirectUri,
      scope: 'PRODUCTION',
      state: 'any',
    };
    const url = `https://api.actonsoftware.com/authorize?${new URLSearchParams(query)}`;
    const { headers } = await this.#emulator.fetch(url, { redirect: 'manual' });
    this.#emulator.configure({ autoConsent: null });
    const code = new URL(headers.get('location') ?? redirectUri).searchParams.get('code');
    if (code === null) throw new Error('the emulator issued no code');
    this.#owners.set(print(code), account);
    return { code, redirectUri };
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
      redirectUris: [redirectUri],
      ...(before === undefined ? {} : { state: before.exportState() }),
    });
  }

  #noteRequest(
    entry: LedgerEntry,
    sent: Print | null,
    access: Print | null,
    refresh: Print | null,
    isOurs: boolean,
  ): void {
    const { at, user, granted, replayed, grantType } = entry;
    if (isOurs)
      this.requests.push({ at, account: user, grant: grantType as GrantName, granted, replayed });
    if (user === null) return;
    const known = sent === null ? null : (this.#families.get(sent) ?? null);
    const living = this.#living.get(user);
    if (granted && refresh === null && living !== undefined && living.token === sent)
      this.#living.set(user, { ...living, access });
    const isTheft =
      replayed && !granted && this.#traits.reuseDetection === 'revokeFamily' && entry.processed;
    if (isTheft && living !== undefined && living.family === known) this.#living.delete(user);
    if (access !== null) this.accessTokens[access] = { account: user, expiresAt: at + 3_600_000 };
    if (refresh === null) return;
    const family = known ?? this.#families.size + 1;
    this.#families.set(refresh, family);
    this.#owners.set(refresh, user);
    this.#living.set(user, { family, token: refresh, access, isOurs });
  }
}

const failing = { kind: 'status', status: 500 } as const;

/**
 * A pair is issued whatever then becomes of the answer, so this reads the tokens of an answer that
 * is whole.
 */
function issued(text: string): { access: Print | null; refresh: Print | null } {
  const { access_token: access, refresh_token: refresh } = JSON.parse(text) as Record<
    string,
    unknown
  >;
  return { access: printOrNull(access || null), refresh: printOrNull(refresh) };
}

function sentToken({ body }: RequestInit): Print | null {
  const form = new URLSearchParams(String(body));
  const token = form.get('refresh_token') ?? form.get('code');
  return token === null ? null : print(token);
}
