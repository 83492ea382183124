import { type ReactElement, useSyncExternalStore } from 'react';
import type { Stage } from '../stage.ts';
import { ClockBar } from './clock-bar.tsx';
import { Diagram } from './diagram.tsx';
import { Experiments, Story } from './experiments.tsx';
import { Ledger } from './ledger.tsx';
import { RecordCard } from './record-card.tsx';
import { TabCard } from './tab-card.tsx';
import { WorldControls } from './world-controls.tsx';

export function App({ stage }: { stage: Stage }): ReactElement {
  const view = useSyncExternalStore(stage.subscribe, stage.view);
  const isPlaying = view.play?.state === 'running';
  return (
    <>
      <header>
        <h1>act-on-token, live</h1>
        <p>
          Three tabs share one Act-On account. Act-On, the store and the tabs all run in this page:
          nothing is sent anywhere, and the tokens open nothing. Break something, and watch.
        </p>
      </header>
      <main>
        <Experiments stage={stage} pace={view.pace} isPlaying={isPlaying} />
        <div className="stage">
          <Story play={view.play} />
          <ClockBar stage={stage} view={view} isPlaying={isPlaying} />
          <div className="tabs">
            {view.tabs.map((tab) => (
              <TabCard
                key={tab.name}
                tab={tab}
                stage={stage}
                now={view.now}
                isPlaying={isPlaying}
              />
            ))}
          </div>
          <Diagram entries={view.entries} />
          <div className="columns">
            <RecordCard view={view} />
            <WorldControls stage={stage} view={view} isPlaying={isPlaying} />
          </div>
          <Ledger entries={view.ledger} counters={view.counters} startedAt={view.world.startedAt} />
        </div>
      </main>
    </>
  );
}
