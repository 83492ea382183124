import { anyScale } from './network.ts';
import type { Program } from './program.ts';
import type { User, World } from './world.ts';

const aMinute = 60_000;
const anHour = 60 * aMinute;

/** People who are told to sign in do so, some time later; now and then with a typing error first. */
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
    program.life.deliver(async () => {
      if (hasTypingError) await program.authorize(user, `${user.password} `);
      await program.authorize(user, user.password);
    });
  };
}

/** Somebody changes the password; the programs' configuration follows when somebody thinks of it. */
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
