import type { ReactElement } from 'react';
import { experiment } from './demo.ts';
import { session } from './session.ts';

const experiments = [
  {
    name: 'expire',
    label: 'Let the token expire',
    text: 'Ten minutes pass at once, then the table is loaded again.',
    reloads: true,
  },
  {
    name: 'lose-reply',
    label: 'Lose a reply',
    text: 'The same, but the answer with the new token never arrives.',
    reloads: true,
  },
  {
    name: 'skip',
    label: 'Skip half a minute',
    text: 'For those who do not like to wait until it is asked once more.',
    reloads: false,
  },
] as const;

/** Things that happen to apps, at the push of a button. */
export function Experiments({ reload }: { reload: () => void }): ReactElement {
  const run = async ({ name, reloads }: (typeof experiments)[number]): Promise<void> => {
    await experiment(name);
    await session.lookUp();
    if (reloads) reload();
  };
  return (
    <section className="card" aria-labelledby="try">
      <h2 id="try">Try it</h2>
      <ul className="experiments">
        {experiments.map((each) => (
          <li key={each.name}>
            <button
              type="button"
              aria-describedby={each.name}
              onClick={() => void run(each).catch(() => {})}
            >
              {each.label}
            </button>
            <p id={each.name}>{each.text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
