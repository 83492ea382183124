import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isActOnTokenError } from '../../src/index.ts';
import { commands } from './commands.ts';
import { type ControlledWorld, controlledWorld } from './controlled-world.ts';

// INTERLEAVINGS_SEED and INTERLEAVINGS_PATH replay a failure that was printed; INTERLEAVINGS_RUNS
// looks longer.
const { env } = process;
const seed = Number(env.INTERLEAVINGS_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(env.INTERLEAVINGS_RUNS ?? 1_500);
const path = env.INTERLEAVINGS_PATH;

describe('whatever order things happen in', () => {
  it.each([
    ['and a session that can sign in by itself', true],
    ['and only persons who sign in', false],
  ])(
    'no promise is broken with three processes %s',
    { timeout: 120_000 },
    async (_, credentials) => {
      const property = fc.asyncProperty(
        fc.scheduler({ act: untilKnown }),
        commands,
        async (scheduler, list) => {
          const world = controlledWorld(scheduler, 3, credentials);
          await fc.scheduledModelRun(scheduler, () => ({ model: {}, real: world }), list);
          await runToRest(scheduler, world);
          await judge(scheduler, world, credentials);
        },
      );
      const report = await fc.check(property, {
        seed,
        numRuns,
        ...(path === undefined ? {} : { path }),
      });
      console.log(`interleavings: ${report.numRuns} runs, seed ${report.seed}`);
      if (report.failed)
        throw new Error(`${String(report.errorInstance)}\n${fc.defaultReportMessage(report)}`);
    },
  );
});

/**
 * What one step leads to is known before the next is chosen: time does not pass while a program
 * goes from one line to the next.
 */
async function untilKnown(step: () => Promise<void>): Promise<void> {
  await step();
  await known();
}

const known = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Every call that was started ends: nobody waits for ever. */
async function runToRest(scheduler: fc.Scheduler, world: ControlledWorld): Promise<void> {
  let resting = false;
  const all = (async () => {
    for (let done = 0; done < world.calls.length; done += 1) await world.calls[done];
    resting = true;
  })();
  for (let steps = 0; !resting; steps += 1) {
    if (steps > 20_000) throw new Error('L3: a call does not end');
    if (scheduler.count() > 0) await scheduler.waitOne();
    await known();
  }
  await all;
}

/**
 * What may be true for a while, as long as the scheduler lets the store or the network look slow.
 */
const passing = [
  'refused by the API',
  'store_unavailable',
  'outcome_unknown',
  'not_sent',
  'rate_limited',
  'closed',
];
const lasting = ['usable', 'signed_out'];

/**
 * With everything calm, each process ends with a token that the server accepts or with an explicit
 * need.
 */
async function judge(
  scheduler: fc.Scheduler,
  world: ControlledWorld,
  credentials: boolean,
): Promise<void> {
  const allowed = credentials
    ? [...lasting, 'grant_budget', 'credential_conflict', 'grant_rejected']
    : [...lasting, 'session_expired'];
  world.calm();
  await judgePage(scheduler, world);
  for (const process of [0, 1, 2]) {
    let end = 'refused by the API';
    let rejected: string | undefined;
    for (let tries = 0; passing.includes(end) && tries < 50; tries += 1) {
      const call = world
        .session(process)
        .getAccessToken(rejected === undefined ? {} : { rejected });
      world.calls.push(call.catch(() => {}));
      await runToRest(scheduler, world);
      await scheduler.waitIdle();
      [end, rejected] = await endOf(call, world);
      world.skip(3_700_000);
    }
    expect(allowed).toContain(end);
  }
  const found = [...world.server.violations, ...(await deadPairs(world))];
  if (found.length > 0) throw new Error(found.join('; '));
}

/** Whatever came in between, the page shows the record as it is in the end. */
async function judgePage(scheduler: fc.Scheduler, world: ControlledWorld): Promise<void> {
  let wrong = await whatThePageMisses(world);
  for (let steps = 0; wrong !== null && steps < 1_000; steps += 1) {
    if (scheduler.count() > 0) await scheduler.waitOne();
    else world.pass();
    await known();
    wrong = await whatThePageMisses(world);
  }
  if (wrong !== null) world.server.violations.push(`the page ${wrong}, with no hint lost`);
}

async function whatThePageMisses(world: ControlledWorld): Promise<string | null> {
  const [record, page] = [await world.record(), world.session(0)];
  const { status, loaded } = page.getSnapshot();
  if (!loaded) return 'has read nothing';
  if ((record?.pair ?? null) === null)
    return status === 'idle' ? null : `shows ${status}, and nobody is signed in`;
  if (status === 'idle') return 'shows idle, and somebody is signed in';
  const token = page.currentAccessToken();
  return token === undefined || token === record?.pair?.accessToken
    ? null
    : `has ${token}, and the record another`;
}

/**
 * A process that nobody told serves its token until the API refuses it; from then on it must do
 * better.
 */
function endOf(
  call: Promise<string>,
  world: ControlledWorld,
): Promise<[end: string, rejected?: string]> {
  return call.then(
    (token): [string, string?] =>
      world.server.accepts(token) ? ['usable'] : ['refused by the API', token],
    (error: unknown): [string] => [isActOnTokenError(error) ? error.code : String(error)],
  );
}

/** S6: a pair in the record is the live one, or the record says itself that it may not be. */
async function deadPairs(world: ControlledWorld): Promise<string[]> {
  const record = await world.record();
  const isMarked =
    record === null ||
    record.suspect ||
    record.ended !== null ||
    record.claim !== null ||
    (record.pair?.unanswered ?? 1) > 0;
  return isMarked || world.server.isLive(record.pair?.refreshToken ?? null)
    ? []
    : ['S6: a dead pair stays in the record unnoticed'];
}
