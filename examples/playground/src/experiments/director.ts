import type { World } from '../world/world.ts';

/** How fast a guided experiment goes: so that one can follow it, or as fast as the machine can. */
export type Pace = 'watch' | 'at once';

/**
 * What an experiment does with the time. Rejects with `Stopped` once the visitor has had enough.
 */
export interface Director {
  /** Says what is going to happen, and leaves time to read it. */
  say(text: string): Promise<void>;
  /** Lets the world's time pass. */
  pass(ms: number): Promise<void>;
  /** Lets it pass until something is so. Rejects if that takes ten minutes. */
  until(isSo: () => boolean): Promise<void>;
}

export interface Experiment {
  readonly title: string;
  /** What to watch. */
  readonly hint: string;
  /** Begins in a fresh world in which tab A has signed in. Ends with what there was to see. */
  run(world: World, director: Director): Promise<string>;
}

export class Stopped extends Error {}

/** In real milliseconds, at the pace to watch. */
const reading = 2_200;
const frame = 50;
const longestPass = 2_500;

/**
 * In the world's milliseconds: the step in which time passes while something is waited for, the one
 * where nothing has happened lately, and the most.
 */
const step = 100;
const stride = 500;
const lately = 2_000;
const patience = 600_000;

export function createDirector(
  world: World,
  pace: () => Pace,
  tell: (text: string) => void,
  isStopped: () => boolean,
): Director {
  const linger = async (ms: number): Promise<void> => {
    if (pace() === 'watch') await new Promise((resolve) => setTimeout(resolve, ms));
  };
  const goOn = async (ms: number): Promise<void> => {
    if (isStopped()) throw new Stopped();
    await world.time.pass(ms);
  };
  return {
    async say(text) {
      if (isStopped()) throw new Stopped();
      tell(text);
      await linger(reading);
    },
    async pass(ms) {
      const frames = pace() === 'watch' ? Math.ceil(Math.min(ms, longestPass) / frame) : 1;
      for (let at = 0; at < frames; at += 1) {
        await goOn(ms / frames);
        await linger(frame);
      }
    },
    async until(isSo) {
      const since = world.time.now();
      while (!isSo()) {
        if (world.time.now() - since > patience)
          throw new Error('What this experiment waits for did not come.');
        await goOn(isQuiet(world) ? stride : step);
        await linger(step);
      }
    },
  };
}

function isQuiet({ entries, time, startedAt }: World): boolean {
  const newest = entries.at(-1);
  return newest !== undefined && time.now() - startedAt - newest.at > lately;
}
