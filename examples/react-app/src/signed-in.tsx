import type { ReactElement } from 'react';
import { ActOnLog } from './act-on-log.tsx';
import { Experiments } from './experiments.tsx';
import { ListsTable } from './lists-table.tsx';
import { SessionCard } from './session-card.tsx';
import { useLists } from './use-lists.ts';

export function SignedIn(): ReactElement {
  const lists = useLists();
  return (
    <div className="columns">
      <ListsTable {...lists} />
      <div className="side">
        <SessionCard isRequesting={lists.isLoading} />
        <Experiments reload={lists.reload} />
      </div>
      <ActOnLog />
    </div>
  );
}
