import { bearerOf } from './api/bearer.ts';
import type { App } from './app.ts';
import type { EmulatedActOn } from './emulated-act-on.ts';
import { type Fault, whenOf } from './faults/fault.ts';
import { answerInstead, spoil } from './faults/fault-answers.ts';
import type { Armory, Strike } from './faults/faults.ts';
import type { RecordingLedger } from './ledger/ledger.ts';
import type { Random } from './random.ts';
import { type ReceivedRequest, readReceivedRequest } from './received-request.ts';
import { newUuid } from './token/new-token.ts';
import { isReplay } from './token/token-endpoint.ts';

/** What reaches the client: an answer, or `null` for a connection that was cut. */
export type Delivery = Response | null;

/** What stands behind `fetch` and the server. */
export interface Internals {
  readonly actOn: EmulatedActOn;
  readonly app: App;
  readonly ledger: RecordingLedger;
  readonly faults: Armory;
  /**
   * Apart from that of `actOn`, so that one request more or less does not change the tokens that
   * a seed gives.
   */
  readonly requestIds: Random;
}

/**
 * One request, from its receipt to what its sender sees of it. It runs to its end whether or not
 * the sender still waits.
 */
export async function exchange(internals: Internals, request: Request): Promise<Delivery> {
  const received = await readReceivedRequest(internals.actOn, request);
  const strike = internals.faults.strike(received);
  const close = internals.ledger.open(received);
  let ended: Delivered = { delivery: null, processed: false };
  try {
    ended = await deliver(internals, received, strike);
  } finally {
    const { delivery, processed } = ended;
    const outcome = delivery ? 'answered' : 'dropped';
    const faults = strike.all.map((fault) => fault.kind);
    close({ ...received.note, faults, processed, outcome, status: delivery?.status ?? null });
    strike.settle();
  }
  return ended.delivery;
}

interface Delivered {
  readonly delivery: Delivery;
  readonly processed: boolean;
}

async function deliver(
  internals: Internals,
  received: ReceivedRequest,
  strike: Strike,
): Promise<Delivered> {
  const { state } = internals.actOn;
  await strike.pass('before');
  // Reset in the meantime: this one was sent to an Act-On that is gone.
  if (internals.actOn.state !== state) return { delivery: null, processed: false };
  const isEarly = strike.outcome !== null && whenOf(strike.outcome) === 'before';
  if (isEarly) received.note.replayed = isReplay(internals.actOn, received);
  const answer = isEarly ? null : await internals.app.fetch(requestLine(received), { received });
  await strike.pass('after');
  const delivery = strike.outcome
    ? await strikeAnswer(internals.actOn, received, strike.outcome, answer)
    : answer;
  if (delivery) addRequestIds(internals, delivery);
  return { delivery, processed: !isEarly };
}

/** What a fault leaves of Act-On's answer; `answer` is `null` if Act-On was never asked. */
async function strikeAnswer(
  actOn: EmulatedActOn,
  received: ReceivedRequest,
  fault: Fault,
  answer: Response | null,
): Promise<Delivery> {
  const { pathname, search } = received.url;
  const instead = answerInstead(
    actOn,
    fault,
    `${pathname}${search}`,
    bearerOf(received.headers) !== null,
  );
  return instead ?? (answer && fault.kind !== 'drop_after' ? spoil(fault, answer) : null);
}

/** For the router, which looks at no more than this. */
function requestLine({ method, url, headers }: ReceivedRequest): Request {
  return new Request(url, { method, headers });
}

function addRequestIds({ actOn, requestIds }: Internals, answer: Response): void {
  if (!actOn.profile.requestIds) return;
  for (const name of ['x-request-id', 'x-global-transaction-id'])
    answer.headers.set(name, newUuid(requestIds));
}
