import { memo, type ReactElement, useEffect, useRef } from 'react';
import { lanes, middleOf, type Stroke, strokeOf } from '../model/diagram.ts';
import type { Entry } from '../model/happening.ts';
import { wordsOf } from '../model/words.ts';
import { duration } from './time.ts';

/**
 * Who did what to the record and who sent what to Act-On, as a sequence diagram that grows
 * downwards.
 */
export function Diagram({ entries }: { entries: readonly Entry[] }): ReactElement {
  const newest = useRef<HTMLElement>(null);
  const count = entries.at(-1)?.number;
  useEffect(() => {
    if (count !== undefined) newest.current?.scrollTo({ top: newest.current.scrollHeight });
  }, [count]);
  return (
    <section className="card" aria-labelledby="wire">
      <h2 id="wire">The wire</h2>
      <div className="entry lanes" aria-hidden="true">
        <span />
        <span className="heads">
          {lanes.map((lane) => (
            <span key={lane}>{lane}</span>
          ))}
        </span>
      </div>
      <section
        className="scroll"
        aria-label="What happened, the newest last"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard reaches it
        tabIndex={0}
        ref={newest}
      >
        <ol className="entries">
          {entries.map((entry) => (
            <Row key={entry.number} entry={entry} />
          ))}
        </ol>
      </section>
    </section>
  );
}

/** What happened stays as it is, while more happens many times a second. */
const Row = memo(({ entry }: { entry: Entry }) => (
  <li className="entry">
    <span className="quiet time">{duration(entry.at)}</span>
    <Line stroke={strokeOf(entry)} />
    <span className="words">
      {'tab' in entry && `Tab ${entry.tab} `}
      {wordsOf(entry)}
    </span>
  </li>
));

const percent = (share: number): string => `${share * 100}%`;

function Line({ stroke }: { stroke: Stroke | null }): ReactElement {
  return (
    <svg className="line" aria-hidden="true" width="100%" height="26">
      {lanes.map((lane, index) => (
        <line
          key={lane}
          className="life"
          x1={percent(middleOf(index))}
          x2={percent(middleOf(index))}
          y1="0"
          y2="26"
        />
      ))}
      {stroke === null ? (
        <line className="across" x1="0" x2="100%" y1="13" y2="13" />
      ) : (
        <Shape {...stroke} />
      )}
    </svg>
  );
}

function Shape({ from, to, tone, isCut }: Stroke): ReactElement {
  if (from === to)
    return <circle className={`mark ${tone}`} cx={percent(middleOf(from))} cy="13" r="5" />;
  const [start, whole] = [middleOf(from), middleOf(to)];
  const end = isCut ? start + (whole - start) * 0.6 : whole;
  const sign = to > from ? 1 : -1;
  return (
    <g className={`arrow ${tone}`}>
      <line x1={percent(start)} x2={percent(end)} y1="13" y2="13" />
      <svg aria-hidden="true" x={percent(end)} y="13" overflow="visible">
        {isCut ? (
          <path d="M-5 -5L5 5M5 -5L-5 5" />
        ) : (
          <path d={`M${-8 * sign} -5L0 0L${-8 * sign} 5`} />
        )}
      </svg>
    </g>
  );
}
