import type { Fleet } from './fleet.ts';
import { keyOf, type User, type World } from './world.ts';

const aMinute = 60_000;
/** After a change everybody who listens has heard of it by then. */
const soon = 75_000;
const halfAnHour = 30 * aMinute;

/**
 * Looks around: after each change of a record, after each outage of the store, and every half hour.
 */
export function beginRounds(world: World, fleet: Fleet): void {
  const { timeline, store, watchdog } = world;
  const onWrite = store.onWrite;
  store.onWrite = (key, next, life) => {
    onWrite(key, next, life);
    const user = world.users.find((each) => keyOf(each) === key);
    if (user === undefined) return;
    timeline.after(soon + 1, () => {
      if (timeline.now - user.changedAt < soon) return;
      for (const { listeners } of fleet.programs) listeners?.check(user);
    });
  };
  store.onCall = (life, key) => {
    const account = world.users.find((each) => keyOf(each) === key)?.name ?? null;
    watchdog.asks('calls', `${life.name} for ${account}`, account);
    if (life.closedAt === null) return;
    const late = timeline.now - life.closedAt;
    watchdog.find(
      'closedIsStill',
      account,
      `${life.name} asked its store ${late} ms after close() was over`,
    );
  };
  store.onReturn = (outage) => {
    const since = timeline.now;
    timeline.after(Math.max(soon, Math.min(outage, 5 * aMinute)), () => {
      for (const { listeners } of fleet.programs)
        for (const user of world.users) listeners?.checkRecovery(user, since + 1);
    });
  };
  const lookAround = (): void => {
    for (const user of world.users) checkAttended(world, fleet, user);
    timeline.after(halfAnHour, lookAround);
  };
  timeline.after(halfAnHour, lookAround);
}

/**
 * An account that a session refreshes by itself has a token that lives, unless something stood in
 * the way lately.
 */
function checkAttended(
  { timeline, log, server, watchdog, store }: World,
  fleet: Fleet,
  user: User,
): void {
  const since = timeline.now - 2 * halfAnHour;
  const record = user.lastView;
  if (
    record === null ||
    record.refresh === null ||
    record.ended !== null ||
    record.unanswered > 0 ||
    server.isForeign(user.name)
  )
    return;
  if (user.changedAt > timeline.now - halfAnHour || record.refresh !== server.liveOf(user.name))
    return;
  const attending = fleet.programs.find(
    ({ life, habits }) =>
      habits.options.autoRefresh && life.runs && life.startedAt < since && life.disturbedAt < since,
  );
  const hint = attending && store.wayOf(attending.life.name).hints.get(keyOf(user));
  // A hint is a hint: a session that never heard of the last change, or was shown an older record
  // when it looked, cannot know of it.
  if (hint === undefined || hint.isLost || hint.at < user.changedAt) return;
  if (
    attending === undefined ||
    attending.habits.isPool ||
    !store.servedSince(attending.life.name, Math.min(since, hint.at), keyOf(user))
  )
    return;
  for (let index = log.faults.length - 1; index >= 0; index -= 1) {
    const fault = log.faults[index];
    if (fault === undefined || fault.at < since - 24 * halfAnHour) break;
    if (fault.until >= since) return;
  }
  watchdog.count('accounts that refresh by themselves');
  const expiresAt =
    record.access === null ? 0 : (server.accessTokens[record.access]?.expiresAt ?? 0);
  if (expiresAt > timeline.now - 15 * aMinute) return;
  const story = `${attending.life.name} refreshes by itself, and the token lapsed ${timeline.now - expiresAt} ms ago`;
  watchdog.find('attended', user.name, story);
}
