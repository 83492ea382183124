import type { ReactElement } from 'react';
import type { ContactList, Lists } from './use-lists.ts';

export function ListsTable({ rows, isLoading, problem, reload }: Lists): ReactElement {
  return (
    <section className="card" aria-labelledby="lists" aria-busy={isLoading}>
      <div className="head">
        <h1 id="lists">Contact lists</h1>
        <button type="button" onClick={reload}>
          {isLoading ? 'Loading …' : 'Reload'}
        </button>
      </div>
      {problem !== null && <p role="alert">{problem}</p>}
      {rows === null ? <p className="quiet">Loading …</p> : <Table rows={rows} />}
    </section>
  );
}

function Table({ rows }: { rows: readonly ContactList[] }): ReactElement {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" className="number">
            Contacts
          </th>
          <th scope="col">Modified</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, name, sourceSize, tsLastModified }) => (
          <tr key={id}>
            <th scope="row">{name}</th>
            <td className="number">{Number(sourceSize).toLocaleString('en')}</td>
            <td>{new Date(tsLastModified).toLocaleDateString('en-GB', { dateStyle: 'medium' })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
