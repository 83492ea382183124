import { anyScale } from './network.ts';
import type { Program } from './program.ts';
import type { User, World } from './world.ts';
import { keyOf } from './world.ts';

const aMinute = 60_000;
const anHour = 60 * aMinute;

/**
 * People who are told to sign in do so, some time later; now and then with a typing error first.
 */
export function employPeople(world: World, anyProgram: () => Program | null): void {
  const { timeline } = world;
  const random = world.random.people;
  world.onNeed = (user) => {
    if (user.isPersonComing) return;
    user.isPersonComing = true;
    timeline.after(anyScale(random, aMinute, 8 * anHour), () => void signIn(user));
  };

  const signIn = async (user: User): Promise<void> => {
    user.isPersonComing = false;
    const program = anyProgram();
    if (program === null) return;
    const hasTypingError = random.below(8) === 0;
    const hasCode = random.below(4) === 0;
    const isImpatient = random.below(4) === 0;
    const leavesAfter = anyScale(random, 1, 10_000);
    program.life.deliver(async () => {
      if (hasTypingError) await program.authorize(user, passwordOf(user, `${user.password} `));
      if (hasCode) await signInWithCode(world, program, user, isImpatient ? leavesAfter : null);
      else await program.authorize(user, passwordOf(user));
    });
  };
}

const passwordOf = ({ name, password }: User, typed = password) =>
  ({ type: 'password', username: name, password: typed }) as const;

/**
 * A page comes back from Act-On with a code, and uses it. `leavesAfter`: its effect runs twice, and
 * the clean-up of the first one aborts it; and it is loaded once more with an older code in its
 * address.
 */
async function signInWithCode(
  world: World,
  program: Program,
  user: User,
  leavesAfter: number | null,
): Promise<void> {
  const grant = {
    type: 'authorization_code',
    ...(await world.server.issueCode(user.name)),
  } as const;
  if (leavesAfter === null) return void program.authorize(user, grant);
  const abort = new AbortController();
  const first = program.authorize(user, grant, abort.signal);
  world.timeline.after(leavesAfter, () => program.life.deliver(() => abort.abort('enough')));
  await Promise.all([first, program.authorize(user, grant)]);
  const second = {
    type: 'authorization_code',
    ...(await world.server.issueCode(user.name)),
  } as const;
  await program.authorize(user, second);
  await program.authorize(user, grant);
}

/**
 * Two sign in within a moment, each at a program of their own or both at one; perhaps a third signs
 * out in between.
 */
export function signInTwice(world: World, user: User, anyProgram: () => Program | null): void {
  const { timeline, random } = world;
  const apart = anyScale(random.people, 1, aMinute);
  const at = (delay: number, act: (program: Program) => unknown): void =>
    void timeline.after(delay, () => {
      const program = anyProgram();
      program?.life.deliver(() => void act(program));
    });
  world.log.fault('signed_in_twice', apart, null, user.name);
  at(0, (program) => program.authorize(user, passwordOf(user)));
  if (random.people.below(3) === 0)
    at(random.people.below(apart), (program) => program.signOut(user));
  at(apart, (program) => program.authorize(user, passwordOf(user)));
}

/**
 * Somebody brings a refresh token: one that was got elsewhere, or the one that is in the record,
 * perhaps twice.
 */
export async function bringToken(world: World, user: User, program: Program): Promise<void> {
  const { random, server, store, log } = world;
  log.fault('imported', 0, null, user.name);
  const isOwn = random.people.below(3) === 0;
  const isTwice = random.people.below(3) === 0;
  const refreshToken = isOwn
    ? tokenIn((await store.look(keyOf(user))).record?.value)
    : await server.tokenFor(user);
  if (refreshToken === null) return;
  const grant = { type: 'refresh_token', refreshToken } as const;
  program.life.deliver(() => {
    void program.authorize(user, grant);
    if (isTwice) void program.authorize(user, grant);
  });
}

function tokenIn(value: string | undefined): string | null {
  const record =
    value === undefined
      ? null
      : (JSON.parse(value) as { pair: { refreshToken: string | null } | null });
  return record?.pair?.refreshToken ?? null;
}

/**
 * Somebody changes the password; the programs' configuration follows when somebody thinks of it.
 */
export function changePassword(world: World, user: User): void {
  const { random, server, timeline, log } = world;
  const password = `${user.password}!`;
  log.fault('password_changed', 0, null, user.name);
  user.password = password;
  server.setPassword(user.name, password);
  timeline.after(anyScale(random.people, aMinute, 24 * anHour), () => {
    if (user.password === password) user.configured = password;
  });
}
