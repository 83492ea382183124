import type { ReactElement } from 'react';
import type { Rate, Stage, View } from '../stage.ts';
import { duration } from './time.ts';

const rates: readonly { readonly rate: Rate; readonly name: string }[] = [
  { rate: 0, name: 'stands still' },
  { rate: 1, name: 'runs' },
  { rate: 60, name: 'runs 60 times as fast' },
];

const skips: readonly { readonly ms: number; readonly name: string }[] = [
  { ms: 1_000, name: '+1 second' },
  { ms: 60_000, name: '+1 minute' },
  { ms: 3_600_000, name: '+1 hour: the token expires' },
];

/** The one clock of Act-On, the store and the tabs. */
export function ClockBar({
  stage,
  view,
  isPlaying,
}: {
  stage: Stage;
  view: View;
  isPlaying: boolean;
}): ReactElement {
  return (
    <section className="card clock" aria-labelledby="clock">
      <h2 id="clock">Time</h2>
      <p className="now">
        <span role="timer">{duration(view.now - view.world.startedAt)}</span>{' '}
        <span className="quiet">since the beginning</span>
      </p>
      <fieldset disabled={isPlaying}>
        <legend className="unseen">Move the clock</legend>
        {skips.map(({ ms, name }) => (
          <button
            key={ms}
            type="button"
            onClick={() => stage.act(({ time }) => void time.pass(ms))}
          >
            {name}
          </button>
        ))}
        {rates.map(({ rate, name }) => (
          <label key={rate}>
            <input
              type="radio"
              name="rate"
              checked={view.rate === rate}
              onChange={() => stage.setRate(rate)}
            />{' '}
            {name}
          </label>
        ))}
      </fieldset>
    </section>
  );
}
