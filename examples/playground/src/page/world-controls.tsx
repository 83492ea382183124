import type { ReactElement } from 'react';
import type { Stage, View } from '../stage.ts';
import type { Mishap } from '../world/wire.ts';
import type { Trouble, World } from '../world/world.ts';

const mishaps: readonly { readonly mishap: Mishap; readonly name: string }[] = [
  { mishap: 'lose_request', name: 'Lose the next request' },
  { mishap: 'lose_reply', name: 'Lose the next reply' },
  { mishap: 'hold_reply', name: 'Hold the next reply' },
];
const troubles: readonly Trouble[] = [503, 429];

/** What can be done to everybody at once. Pressed buttons are in force. */
export function WorldControls({
  stage,
  view,
  isPlaying,
}: {
  stage: Stage;
  view: View;
  isPlaying: boolean;
}): ReactElement {
  const act = (deed: (world: World) => void) => () => stage.act(deed);
  const { armed, held, trouble, forgives, isStoreUp } = view;
  return (
    <section className="card" aria-labelledby="world">
      <h2 id="world">The world</h2>
      <fieldset disabled={isPlaying} className="grid">
        <legend className="unseen">The world</legend>
        {mishaps.map(({ mishap, name }) => (
          <Switch
            key={mishap}
            isOn={armed === mishap}
            turn={act(({ wire }) => wire.arm(armed === mishap ? null : mishap))}
            name={name}
          />
        ))}
        <button type="button" disabled={held === 0} onClick={act(({ wire }) => wire.letGo())}>
          Let the held reply go
        </button>
        {troubles.map((each) => (
          <Switch
            key={each}
            isOn={trouble === each}
            turn={act((world) => world.answerWith(trouble === each ? null : each))}
            name={`Act-On answers ${each}`}
          />
        ))}
        <Switch
          isOn={forgives}
          turn={act((world) => world.forgive(!forgives))}
          name="Act-On forgives a spent token for ten minutes"
        />
        <Switch
          isOn={!isStoreUp}
          turn={act(({ depot }) => depot.switchTo(!isStoreUp))}
          name="The store is down"
        />
        <button type="button" onClick={act((world) => void world.otherSignsIn())}>
          Another installation signs in
        </button>
        <button
          type="button"
          onClick={act(({ tabs }) => {
            for (const tab of tabs) if (!tab.isDead) tab.ask();
          })}
        >
          All ask at the same moment
        </button>
      </fieldset>
    </section>
  );
}

function Switch({ isOn, turn, name }: { isOn: boolean; turn(): void; name: string }): ReactElement {
  return (
    <button type="button" aria-pressed={isOn} onClick={turn}>
      {name}
    </button>
  );
}
