import fc from 'fast-check';
import { isActOnTokenError } from '../../src/index.ts';
import type { CallFate, ControlledWorld, RequestFate } from './controlled-world.ts';

/** The model knows nothing: what must hold is judged by the server, the record and the callers. */
type Model = Record<string, never>;
type Command = fc.AsyncCommand<Model, ControlledWorld>;

const command = (name: string, run: (world: ControlledWorld) => void): Command => ({
  check: () => true,
  run: async (_, world) => run(world),
  toString: () => name,
});

/**
 * Calls are started and not awaited: when they end is up to the scheduler. An unexpected kind of
 * error is a finding.
 */
function start(world: ControlledWorld, call: Promise<unknown>): void {
  const judged = call.catch((error: unknown) => {
    if (!isActOnTokenError(error))
      world.server.violations.push(`a caller got an error that is not ours: ${String(error)}`);
  });
  world.calls.push(judged);
}

const process = fc.nat({ max: 2 });
const requestFate = fc.constantFrom<RequestFate>(
  ...([
    'lost before',
    'lost after',
    'silence',
    'slow',
    '503 before',
    '503 after',
    '429',
    'not sent',
  ] as const),
);
const callFate = fc.constantFrom<CallFate>('fails before', 'fails after', 'answered');
const right = { type: 'password', username: 'ada', password: 'right' } as const;

export const commands: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    process.map((at) =>
      command(`${at} asks for a token`, (world) =>
        start(world, world.session(at).getAccessToken()),
      ),
    ),
    process.map((at) =>
      command(`${at} had its token refused`, (world) => {
        const rejected = world.session(at).currentAccessToken();
        if (rejected !== undefined) start(world, world.session(at).getAccessToken({ rejected }));
      }),
    ),
    process.map((at) =>
      command(`a person signs in at ${at}`, (world) =>
        start(world, world.session(at).authorize(right)),
      ),
    ),
    process.map((at) =>
      command(`a person mistypes at ${at}`, (world) =>
        start(world, world.session(at).authorize({ ...right, password: 'wrong' })),
      ),
    ),
    process.map((at) =>
      command(`a person signs out at ${at}`, (world) => start(world, world.session(at).signOut())),
    ),
    process.map((at) =>
      command(`${at} is closed, and started again`, (world) => world.restart(at)),
    ),
    fc.constant(command('an hour passes', (world) => world.skip(3_600_001))),
    fc.constant(command('two minutes pass', (world) => world.skip(120_000))),
    requestFate.map((fate) =>
      command(`the next request is ${fate}`, (world) => void world.requestFates.push(fate)),
    ),
    callFate.map((fate) =>
      command(`the next store call: ${fate}`, (world) => void world.callFates.push(fate)),
    ),
  ],
  { maxCommands: 25 },
);
