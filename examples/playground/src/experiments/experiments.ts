import type { Tab } from '../world/tab.ts';
import type { World } from '../world/world.ts';
import type { Director, Experiment } from './director.ts';

const aSecond = 1_000;
const aMinute = 60 * aSecond;
const anHour = 60 * aMinute;
/**
 * Late enough that a session refreshes ahead of time, early enough that the access token goes on
 * living for a while.
 */
const aheadOfTime = 51.5 * aMinute;

const isDone = (tabs: readonly Tab[]) => (): boolean => tabs.every(({ waiting }) => waiting === 0);

async function expire(director: Director): Promise<void> {
  await director.say('An hour passes: the access token expires.');
  await director.pass(anHour);
}

async function nearlyExpire(director: Director): Promise<void> {
  await director.say(
    'Some fifty minutes pass: the access token lives, and may be refreshed ahead of time.',
  );
  await director.pass(aheadOfTime);
}

/** All of them ask, all have an answer, and whatever that set off is over. */
async function ask(world: World, director: Director, ...tabs: readonly Tab[]): Promise<void> {
  for (const tab of tabs) tab.ask();
  await director.until(isDone(tabs));
  await director.until(() => isClaimOver(world));
}

const saw = (world: World, type: string) => (): boolean =>
  world.entries.some((entry) => entry.type === type);
const isClaimOver = ({ depot, time }: World): boolean =>
  depot.facts?.claim == null || depot.facts.claim.until <= time.now();

const allAtOnce: Experiment = {
  title: 'All ask at once',
  hint: 'The token expires and three tabs ask in the same moment. One request goes out.',
  async run(world, director) {
    await expire(director);
    await director.say('All three tabs ask for a token in the same moment.');
    await ask(world, director, ...world.tabs);
    return 'One tab claimed the refresh and sent it. The others found the claim, waited, and have the same token.';
  },
};

const replyLost: Experiment = {
  title: 'A reply is lost',
  hint: 'Act-On spends the refresh token and its answer never comes. The record knows that the token was sent: it is sent once more, alone.',
  async run(world, director) {
    const [a, b] = world.tabs;
    world.forgive(true);
    await expire(director);
    await director.say('Tab A asks, and the reply to its refresh gets lost.');
    world.wire.arm('lose_reply');
    a.ask();
    await director.until(saw(world, 'reply_lost'));
    await director.say(
      'Nobody knows whether the token was spent: unanswered is 1. Tab B asks too, and waits for the claim to end.',
    );
    b.ask();
    await director.until(isDone([a, b]));
    return 'After the lease one tab probed: it sent the same refresh token again. This Act-On forgave it, and both tabs have a new token.';
  },
};

const replyLostForGood: Experiment = {
  title: 'A reply is lost for good',
  hint: 'The same with an Act-On that never forgives a spent token. The access token at hand goes on working while a person is asked to sign in.',
  async run(world, director) {
    const [a, b] = world.tabs;
    world.forgive(false);
    await nearlyExpire(director);
    await director.say(
      'Tab A asks, is served at once, and refreshes in the background: that reply gets lost.',
    );
    world.wire.arm('lose_reply');
    a.ask();
    await director.until(saw(world, 'reply_lost'));
    await director.until(() => isClaimOver(world));
    await director.say(
      'The lease is over. Tab B asks, is served, and probes with the same refresh token.',
    );
    b.ask();
    await director.until(() => world.depot.facts?.ended === 'unknown');
    await director.until(() => isClaimOver(world));
    return 'Refused: the new pair was lost on the way. The tabs are usable for some minutes more, and already say needsGrant. Press "Sign in".';
  },
};

const holderKilled: Experiment = {
  title: 'Kill the holder of the claim',
  hint: 'A tab dies in the middle of a refresh. The others wait for its lease to end, and no longer.',
  async run(world, director) {
    const [a, b, c] = world.tabs;
    world.forgive(true);
    await expire(director);
    await director.say('Tab A claims the refresh. Its reply is held on the way.');
    world.wire.arm('hold_reply');
    a.ask();
    await director.until(() => world.wire.held > 0);
    await director.say(
      'Tab A is killed. The other two ask: they see a claim of somebody who will never come back.',
    );
    a.kill();
    b.ask();
    c.ask();
    await director.until(isDone([b, c]));
    world.wire.letGo();
    await director.until(saw(world, 'reply_for_nobody'));
    return 'When the lease was over another tab took the claim and healed the account. The reply to the dead tab changed nothing.';
  },
};

const outage: Experiment = {
  title: 'Act-On is down',
  hint: 'The token endpoint is down when a refresh is due. Tokens at hand are served, few requests go out and no sign-in is burnt.',
  async run(world, director) {
    await nearlyExpire(director);
    await director.say('The token endpoint answers 503 from now on. All tabs ask.');
    world.answerWith(503);
    await ask(world, director, ...world.tabs);
    await director.say('All were served. They ask again after one minute, and after two.');
    for (const _ of ['one', 'two']) {
      await director.pass(aMinute + aSecond);
      await ask(world, director, ...world.tabs);
    }
    await director.say(
      'Act-On works again. The next request is due some minutes later: the pace slows down while nothing works.',
    );
    world.answerWith(null);
    await director.pass(3 * aMinute);
    await ask(world, director, ...world.tabs);
    await director.until(() => (world.depot.facts?.generation ?? 0) > 1);
    return 'Every call was served. A handful of refreshes went out, no sign-in, and the first good answer healed everything.';
  },
};

const otherInstallation: Experiment = {
  title: 'Somebody else signs in',
  hint: 'Somebody uses the same Act-On user and shares no store. No client can make that safe; here it is noticed and said.',
  async run(world, director) {
    const [a, b] = world.tabs;
    await director.say(
      'Another installation signs in as the same user: Act-On kills our refresh token.',
    );
    await world.otherSignsIn();
    await nearlyExpire(director);
    await director.say('Tab A asks. It is served, and its refresh in the background is refused.');
    a.ask();
    await director.until(() => world.depot.facts?.ended === 'rejected');
    await director.pass(10 * aMinute);
    await director.say(
      'The access token has expired. Tab B asks: the session is over, and the record counts one conflict.',
    );
    await ask(world, director, b);
    return 'Nothing was tried in a circle. The second such conflict within an hour is called credential_conflict, and nobody signs in unattended.';
  },
};

const storeDown: Experiment = {
  title: 'The store goes down',
  hint: 'It fails between a request and its reply. The new pair lives in one tab until the store is back.',
  async run(world, director) {
    const [a, b] = world.tabs;
    await expire(director);
    await director.say('Tab A refreshes. Before the reply arrives, the store goes down.');
    world.wire.arm('hold_reply');
    a.ask();
    await director.until(() => world.wire.held > 0);
    world.depot.switchTo(false);
    world.wire.letGo();
    await director.until(isDone([a]));
    await director.say(
      'Tab A has the only copy of the new pair, and serves it. Tab B cannot see it, and sends nothing.',
    );
    b.ask();
    await director.until(isDone([b]));
    await director.say('The store comes back.');
    world.depot.switchTo(true);
    await director.until(() => a.session.getSnapshot().saved);
    await ask(world, director, b);
    return 'Tab A wrote the pair as soon as it could. Tab B has the same token, and nobody refreshed twice.';
  },
};

export const experiments: readonly Experiment[] = [
  allAtOnce,
  replyLost,
  replyLostForGood,
  holderKilled,
  outage,
  otherInstallation,
  storeDown,
];
