import type { Session, Snapshot } from '@act-on-token/core';
import { type ReactElement, useId, useState } from 'react';
import { type Action, actionsOf } from './session-actions.ts';
import { errorText } from './texts.ts';

export interface ActionsProps {
  readonly session: Session;
  readonly snapshot: Snapshot;
  readonly hasTokens: boolean;
}

/** The buttons, and what became of the one that was pressed last. */
export function Actions({ session, snapshot, hasTokens }: ActionsProps): ReactElement {
  const [running, setRunning] = useState<string | null>(null);
  const [note, setNote] = useState<{ text: string; failed: boolean } | null>(null);
  const id = useId();
  const press = async ({ label, obstacle, run }: Action): Promise<void> => {
    if (running !== null) return;
    if (obstacle !== null) return setNote({ text: `${label}: ${obstacle}`, failed: false });
    setRunning(label);
    setNote(null);
    try {
      setNote({ text: await run(), failed: false });
    } catch (error) {
      setNote({ text: errorText(error), failed: true });
    } finally {
      setRunning(null);
    }
  };
  return (
    <div data-part="actions">
      {actionsOf(session, snapshot, hasTokens).map((action, i) => (
        <span key={action.label}>
          {/* Not "disabled": that would lose the focus of a button that was just pressed. */}
          <button
            type="button"
            title={action.hint}
            aria-describedby={`${id}${i}`}
            aria-disabled={running !== null || action.obstacle !== null}
            onClick={() => void press(action)}
          >
            {action.label}
            {running === action.label && ' …'}
          </button>
          <span id={`${id}${i}`} hidden>
            {action.hint} {action.obstacle}
          </span>
        </span>
      ))}
      <p role="status" data-failed={note?.failed}>
        {note?.text}
      </p>
    </div>
  );
}
