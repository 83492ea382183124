import type { ReactElement } from 'react';
import type { View } from '../stage.ts';
import { left } from './time.ts';

/** The one record that all tabs share. */
export function RecordCard({ view }: { view: View }): ReactElement {
  return (
    <section className="card" aria-labelledby="record">
      <h2 id="record">The shared record</h2>
      <p>
        <span className={`badge ${view.status}`}>{view.status}</span>{' '}
        {!view.isStoreUp && <span className="bad">the store is down</span>}
      </p>
      <dl>
        {rowsOf(view).map(({ name, value }) => (
          <Row key={name} name={name} value={value} />
        ))}
      </dl>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly value: string;
}

function Row({ name, value }: RowProps): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function rowsOf(view: View): readonly RowProps[] {
  const { facts, now } = view;
  const pair = facts?.pair ?? null;
  return [
    { name: 'lineage', value: String(facts?.lineage ?? 0) },
    { name: 'generation', value: String(facts?.generation ?? 0) },
    {
      name: 'access token',
      value: pair?.access == null ? 'none' : `${pair.access}, ${left(pair.expiresAt, now)}`,
    },
    { name: 'refresh token', value: pair?.refresh ?? 'none' },
    { name: 'unanswered', value: String(pair?.unanswered ?? 0) },
    { name: 'ended', value: facts?.ended ?? 'no' },
    { name: 'claim', value: claimOf(view) },
    { name: 'sign-ins used', value: `${facts?.grants.length ?? 0} of 5` },
    { name: 'conflicts', value: String(facts?.conflicts ?? 0) },
    { name: 'suspect', value: facts?.suspect ? 'yes' : 'no' },
  ];
}

function claimOf({ facts, claimant, now }: View): string {
  const claim = facts?.claim ?? null;
  if (claim === null || claim.until <= now) return 'none';
  return `${claim.purpose} by ${claimant}, ${left(claim.until, now)}`;
}
