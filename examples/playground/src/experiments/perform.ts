import type { World } from '../world/world.ts';
import { createDirector, type Experiment, type Pace, Stopped } from './director.ts';

/** A guided experiment, while it runs and after. */
export interface Play {
  readonly title: string;
  readonly lines: readonly string[];
  readonly state: 'running' | 'finished' | 'failed';
}

export interface Audience {
  pace(): Pace;
  show(play: Play): void;
  /** Whether the visitor has had enough. */
  isGone(): boolean;
}

/** Runs an experiment in a fresh world and shows how it goes. Never rejects. */
export async function perform(
  { title, run }: Experiment,
  world: World,
  { pace, show, isGone }: Audience,
): Promise<void> {
  let lines: readonly string[] = [];
  const tell = (state: Play['state'], line: string): void => {
    lines = [...lines, line];
    show({ title, state, lines });
  };
  const director = createDirector(world, pace, (line) => tell('running', line), isGone);
  show({ title, state: 'running', lines });
  try {
    world.tabs[0].signIn();
    await director.until(() => world.tabs[0].session.getSnapshot().usable);
    tell('finished', await run(world, director));
  } catch (error) {
    if (!(error instanceof Stopped)) tell('failed', String(error));
  }
}
