import type { Fetch } from '@act-on-token/core';
import type { FaultEffect } from '@act-on-token/emulator';
import type { Held } from '../../chaos/worker/watched-store.ts';
import type { Exchange } from '../../judge/evidence.ts';
import type { GrantName } from '../../judge/history.ts';
import { print } from '../../judge/record-view.ts';
import type { Random } from '../../support/random.ts';
import type { ActOnServer, Reply } from './act-on-server.ts';
import type { Life } from './life.ts';
import type { Log } from './log.ts';
import { latency } from './network.ts';
import { currentScope } from './request-scope.ts';
import type { Timeline } from './timeline.ts';
import type { Watchdog } from './watchdog.ts';

/** What becomes of one request; times are milliseconds on top of the usual. */
export interface Mishap {
  readonly before?: number;
  readonly after?: number;
  /**
   * No connection is made; the request never arrives; the answer never does; the connection breaks
   * after, or within, the answer; another server answers.
   */
  readonly fate?: 'refused' | 'request_lost' | 'answer_lost' | 'reset' | 'cut' | 'bad_gateway';
  /** The server's own doing. */
  readonly struck?: FaultEffect;
  /** A gateway keeps the request, and hands it on long after its sender has given up. */
  readonly isStuck?: boolean;
}

/** The name of the header by which a call of the API learns which token it went out with. */
export const sentToken = 'x-sent-token';

type OpenExchange = { -readonly [Name in keyof Exchange]: Exchange[Name] };

/** Who sends a token request, by its form. */
export type HeldBy = (form: URLSearchParams) => Held;

interface Waiting {
  readonly life: Life;
  readonly deliver: (run: () => void) => void;
  /** It belongs to a request, which may end before anything can be made of the answer. */
  readonly isFleeting: boolean;
  /** `null`: a call of the API. */
  readonly exchange: OpenExchange | null;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Stands between all processes and Act-On, writes down every token request, and breaks things as
 * networks do.
 */
export class Wire {
  readonly exchanges: Exchange[] = [];
  /** Called when the server has carried a token request out. */
  onCarriedOut: (exchange: Exchange) => void = () => {};
  /** Until when nobody reaches the server, and what it looks like. */
  down: { until: number; as: 'refused' | 'request_lost' | 'bad_gateway' } = {
    until: 0,
    as: 'refused',
  };
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #server: ActOnServer;
  readonly #log: Log;
  readonly #mishaps = new Map<string, ((life: Life) => Mishap)[]>();
  readonly #givenUp = new WeakSet<OpenExchange>();
  readonly #watchdog: Watchdog;
  #requests = 0;

  constructor(
    timeline: Timeline,
    random: Random,
    server: ActOnServer,
    log: Log,
    watchdog: Watchdog,
  ) {
    this.#watchdog = watchdog;
    this.#timeline = timeline;
    this.#random = random;
    this.#server = server;
    this.#log = log;
  }

  /** The next token request of this account meets what `meet` says, which is told who sends it. */
  arm(account: string, meet: (life: Life) => Mishap): void {
    this.#mishaps.set(account, [...(this.#mishaps.get(account) ?? []), meet]);
  }

  fetchOf(life: Life, heldBy: HeldBy): Fetch {
    return (input, init = {}) => {
      const url = input instanceof Request ? input.url : String(input);
      const exchange =
        new URL(url).pathname === '/token' ? this.#open(life, heldBy, String(init.body)) : null;
      return new Promise<Response>((resolve, reject) => {
        const mishap = this.#mishapOf(life, exchange);
        if (exchange !== null && mishap.isStuck) exchange.isStuck = true;
        this.#endWhenGivenUp(exchange, init.signal, reject);
        const { method = 'GET', headers = {} } = init;
        // Nobody reads what is sent to the API.
        const body = exchange === null ? null : (init.body ?? null);
        const isFleeting = currentScope() !== undefined;
        const waiting = { life, deliver: life.wayBack(), isFleeting, exchange, resolve, reject };
        this.#send(waiting, url, { method, headers, body }, mishap);
      });
    };
  }

  /**
   * Nobody waits any more for what this process sent. What the server still has to answer goes on.
   */
  abandon(life: string): void {
    for (const exchange of this.exchanges as OpenExchange[])
      if (exchange.worker === life && exchange.doneAt === null) this.#giveUp(exchange);
  }

  #open(life: Life, heldBy: HeldBy, body: string): OpenExchange {
    const form = new URLSearchParams(body);
    const { account, claim } = heldBy(form);
    const token = form.get('refresh_token') ?? form.get('code');
    this.#watchdog.asks('requests', account, account);
    if (life.closingAt !== null)
      this.#watchdog.find(
        'closedIsStill',
        account,
        `${life.name} sent a token request ${this.#timeline.now - life.closingAt} ms after close()`,
      );
    const exchange: OpenExchange = {
      ...{
        worker: life.name,
        request: ++this.#requests,
        account,
        claim,
        at: this.#timeline.now,
        doneAt: null,
      },
      ...{
        grant: form.get('grant_type') as GrantName,
        token: token === null ? null : print(token),
      },
      ...{
        status: null,
        access: null,
        refresh: null,
        fate: 'open' as const,
        offeredAt: null,
        isStuck: false,
      },
    };
    this.exchanges.push(exchange);
    this.#log.note('sent', exchange);
    return exchange;
  }

  #endWhenGivenUp(
    exchange: OpenExchange | null,
    signal: AbortSignal | null | undefined,
    reject: (error: unknown) => void,
  ): void {
    const giveUp = (): void => {
      reject(signal?.reason);
      if (exchange !== null) this.#giveUp(exchange);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    if (exchange !== null) currentScope()?.onEnd(() => this.#giveUp(exchange));
  }

  /** What the server works on goes on; what a gateway keeps counts as over. */
  #giveUp(exchange: OpenExchange): void {
    this.#givenUp.add(exchange);
    if (exchange.isStuck) this.#end(exchange, 'lost');
    else if (exchange.fate !== 'open') this.#end(exchange, exchange.fate);
  }

  #mishapOf(life: Life, exchange: OpenExchange | null): Mishap {
    const { until, as } = this.down;
    const isDown = this.#timeline.now < until;
    const meet = exchange === null ? undefined : this.#mishaps.get(exchange.account)?.shift();
    const mishap = meet?.(life) ?? {};
    return isDown ? { ...mishap, fate: as } : mishap;
  }

  #send(waiting: Waiting, url: string, init: RequestInit, mishap: Mishap): void {
    if (mishap.fate === 'refused')
      this.#fail(waiting, 'refused', broken('ECONNREFUSED', 'connect'));
    else if (mishap.fate === 'request_lost') this.#lose(waiting);
    else this.#forward(waiting, url, init, mishap);
  }

  #forward(waiting: Waiting, url: string, init: RequestInit, mishap: Mishap): void {
    this.#timeline.after(latency(this.#random) + (mishap.before ?? 0), () => {
      const isStopped = mishap.fate === 'bad_gateway' && this.#random.below(2) > 0;
      if (isStopped) this.#answer(waiting, badGateway, mishap);
      else void this.#arrive(waiting, url, init, mishap);
    });
  }

  async #arrive(waiting: Waiting, url: string, init: RequestInit, mishap: Mishap): Promise<void> {
    const reply = await this.#server.carryOut(url, init, true, mishap.struck ?? null);
    const { status, access, refresh } = reply;
    this.#log.note('server', [status, refresh, reply.text.length]);
    if (waiting.exchange === null) reply.headers[sentToken] = tokenOf(init);
    else {
      Object.assign(waiting.exchange, { status, access, refresh });
      this.onCarriedOut(waiting.exchange);
    }
    if (mishap.fate === 'answer_lost') this.#lose(waiting);
    else if (mishap.fate === 'reset') this.#fail(waiting, 'lost', broken('ECONNRESET', 'read'));
    else this.#answer(waiting, mishap.fate === 'bad_gateway' ? badGateway : reply, mishap);
  }

  #answer(waiting: Waiting, answer: Answer, mishap: Mishap): void {
    const { life, deliver, exchange, resolve } = waiting;
    const isCut = mishap.fate === 'cut';
    this.#timeline.after(latency(this.#random) + (mishap.after ?? 0), () => {
      if (exchange !== null)
        this.#end(exchange, !life.isAlive ? 'abandoned' : isCut ? 'cut' : 'delivered');
      deliver(() => {
        if (!isCut && answer !== badGateway) this.#noteAnswer(waiting);
        resolve(new Response(isCut ? brokenOff(answer.text) : answer.text, answer));
      });
    });
  }

  #noteAnswer({ life, isFleeting, exchange }: Waiting): void {
    if (exchange === null || exchange.status === null || isFleeting) return;
    exchange.offeredAt = this.#timeline.now;
    if (this.#givenUp.has(exchange)) return;
    const { account, request, status, refresh } = exchange;
    this.#log.write(life.name, { type: 'answered', account, request, status, refresh });
  }

  #fail({ deliver, exchange, reject }: Waiting, fate: Exchange['fate'], error: Error): void {
    this.#timeline.after(latency(this.#random), () => {
      if (exchange !== null) this.#end(exchange, fate);
      deliver(() => reject(error));
    });
  }

  /** Nothing comes any more. It is over when it is given up, or when nobody is left to do that. */
  #lose(waiting: Waiting): void {
    const { life, exchange } = waiting;
    if (exchange === null) {
      this.#timeline.after(tcpPatience, () =>
        this.#fail(waiting, 'lost', broken('ETIMEDOUT', 'read')),
      );
      return;
    }
    exchange.fate = 'lost';
    if (this.#givenUp.has(exchange) || !life.isAlive) this.#end(exchange, 'lost');
    // Who is stopped meanwhile gives it up later, but nothing is under way.
    else this.#timeline.at(exchange.at + life.requestTimeout, () => this.#end(exchange, 'lost'));
  }

  #end(exchange: OpenExchange, fate: Exchange['fate']): void {
    exchange.fate = fate;
    exchange.doneAt ??= this.#timeline.now;
  }
}

/** How long a runtime waits for a connection that says nothing. */
const tcpPatience = 30_000;

function tokenOf({ headers }: RequestInit): string {
  const [, token] = /^Bearer (.+)$/.exec(new Headers(headers).get('authorization') ?? '') ?? [];
  return token === undefined ? '' : print(token);
}

type Answer = Pick<Reply, 'status' | 'headers' | 'text'>;

const page =
  '<!doctype html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>';
const badGateway: Answer = { status: 502, headers: { 'content-type': 'text/html' }, text: page };

/** As a runtime's fetch says it. */
function broken(code: string, syscall: string): TypeError {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }),
  });
}

function brokenOff(text: string): ReadableStream<Uint8Array> {
  let isSent = false;
  return new ReadableStream({
    pull(controller) {
      if (isSent)
        return controller.error(
          new TypeError('terminated', { cause: broken('ECONNRESET', 'read') }),
        );
      isSent = true;
      controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
    },
  });
}
