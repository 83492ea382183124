import { bearerOf } from './api/bearer.ts';
import type { App } from './app.ts';
import { type Arrival, readArrival } from './arrival.ts';
import { type Fault, whenOf } from './faults/fault.ts';
import { answerInstead, spoil } from './faults/fault-answers.ts';
import type { Armory, Strike } from './faults/faults.ts';
import type { RecordingLedger } from './ledger/ledger.ts';
import type { Random } from './random.ts';
import { newUuid } from './token/new-token.ts';
import { isReplay } from './token/token-endpoint.ts';
import type { World } from './world.ts';

/** What reaches the client: an answer, or `null` for a connection that was cut. */
export type Delivery = Response | null;

/** What stands behind `fetch` and the server. */
export interface Backstage {
  readonly world: World;
  readonly app: App;
  readonly ledger: RecordingLedger;
  readonly faults: Armory;
  /**
   * Apart from the world's, so that one request more or less does not change the tokens that a seed
   * gives.
   */
  readonly requestIds: Random;
}

/**
 * One request, from its arrival to what its sender sees of it. It runs to its end whether or not
 * the sender still waits.
 */
export async function exchange(backstage: Backstage, request: Request): Promise<Delivery> {
  const arrival = await readArrival(backstage.world, request);
  const strike = backstage.faults.strike(arrival);
  const close = backstage.ledger.open(arrival);
  let ended: Delivered = { delivery: null, processed: false };
  try {
    ended = await deliver(backstage, arrival, strike);
  } finally {
    const { delivery, processed } = ended;
    const outcome = delivery ? 'answered' : 'dropped';
    const faults = strike.all.map((fault) => fault.kind);
    close({ ...arrival.note, faults, processed, outcome, status: delivery?.status ?? null });
    strike.settle();
  }
  return ended.delivery;
}

interface Delivered {
  readonly delivery: Delivery;
  readonly processed: boolean;
}

async function deliver(backstage: Backstage, arrival: Arrival, strike: Strike): Promise<Delivered> {
  const { state } = backstage.world;
  await strike.pass('before');
  // Reset in the meantime: this one was sent to an Act-On that is gone.
  if (backstage.world.state !== state) return { delivery: null, processed: false };
  const isEarly = strike.outcome !== null && whenOf(strike.outcome) === 'before';
  if (isEarly) arrival.note.replayed = isReplay(backstage.world, arrival);
  const answer = isEarly ? null : await backstage.app.fetch(requestLine(arrival), { arrival });
  await strike.pass('after');
  const delivery = strike.outcome
    ? await strikeAnswer(backstage.world, arrival, strike.outcome, answer)
    : answer;
  if (delivery) addRequestIds(backstage, delivery);
  return { delivery, processed: !isEarly };
}

/** What a fault leaves of Act-On's answer; `answer` is `null` if Act-On was never asked. */
async function strikeAnswer(
  world: World,
  arrival: Arrival,
  fault: Fault,
  answer: Response | null,
): Promise<Delivery> {
  const { pathname, search } = arrival.url;
  const instead = answerInstead(
    world,
    fault,
    `${pathname}${search}`,
    bearerOf(arrival.headers) !== null,
  );
  return instead ?? (answer && fault.kind !== 'drop_after' ? spoil(fault, answer) : null);
}

/** For the router, which looks at no more than this. */
function requestLine({ method, url, headers }: Arrival): Request {
  return new Request(url, { method, headers });
}

function addRequestIds({ world, requestIds }: Backstage, answer: Response): void {
  if (!world.profile.requestIds) return;
  for (const name of ['x-request-id', 'x-global-transaction-id'])
    answer.headers.set(name, newUuid(requestIds));
}
