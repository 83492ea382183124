import type { ReactElement } from 'react';
import type { Pace } from '../experiments/director.ts';
import { experiments } from '../experiments/experiments.ts';
import type { Play } from '../experiments/perform.ts';
import type { Stage } from '../stage.ts';

const paces: readonly { readonly pace: Pace; readonly name: string }[] = [
  { pace: 'watch', name: 'slowly enough to watch' },
  { pace: 'at once', name: 'at once' },
];

/** Guided experiments: buttons that do the rest by themselves. */
export function Experiments({
  stage,
  pace,
  isPlaying,
}: {
  stage: Stage;
  pace: Pace;
  isPlaying: boolean;
}): ReactElement {
  return (
    <section className="card" aria-labelledby="experiments">
      <h2 id="experiments">Experiments</h2>
      <ul className="experiments">
        {experiments.map((experiment, index) => (
          <li key={experiment.title}>
            <button
              type="button"
              disabled={isPlaying}
              aria-describedby={`hint-${index}`}
              onClick={() => stage.start(experiment)}
            >
              {experiment.title}
            </button>
            <p id={`hint-${index}`} className="quiet">
              {experiment.hint}
            </p>
          </li>
        ))}
      </ul>
      <fieldset>
        <legend>They run</legend>
        {paces.map(({ pace: each, name }) => (
          <label key={each}>
            <input
              type="radio"
              name="pace"
              checked={pace === each}
              onChange={() => stage.setPace(each)}
            />{' '}
            {name}
          </label>
        ))}
        <button type="button" onClick={() => stage.restart()}>
          {isPlaying ? 'Stop, and begin anew' : 'Begin anew'}
        </button>
      </fieldset>
    </section>
  );
}

const headings = { running: 'Running', finished: 'Finished', failed: 'Failed' } as const;

/** What the experiment says while it runs. */
export function Story({ play }: { play: Play | null }): ReactElement {
  return (
    <div className={play === null ? 'story' : 'story card'} role="status">
      {play !== null && (
        <>
          <h2>
            {headings[play.state]}: {play.title}
          </h2>
          <ol>
            {play.lines.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
