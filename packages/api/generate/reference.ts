import { readFileSync } from 'node:fs';
import { asMarkdown, type Table, withFigures } from '../../../tooling/figures.ts';
import { type Document, type Listed, operationsOf } from './document.ts';

export const referencePage: URL = new URL(
  '../../../docs/reference/api-operations.md',
  import.meta.url,
);

/** How it is known what an operation answers, the surest first. */
const grounds = ['documented', 'seen in code', 'inferred', 'unknown'] as const;

/** `docs/reference/api-operations.md` with its tables: every operation, and how it is known. */
export function reference(document: Document): string {
  const operations = operationsOf(document);
  const groups = document.tags
    .map(({ name }) => ({
      name,
      of: operations.filter(({ operation }) => operation.tags[0] === name),
    }))
    .filter((group) => group.of.length > 0);
  const counts = ({ of }: { readonly of: readonly Listed[] }): string[] =>
    grounds.map((ground) =>
      String(of.filter((listed) => groundOf(listed) === ground).length || ''),
    );
  const all = { name: '**all**', of: operations };
  const summary: Table = [
    ['about', 'operations', ...grounds],
    ...[...groups, all].map((group) => [group.name, String(group.of.length), ...counts(group)]),
  ];
  const tables = groups.map(({ name, of }) => `## ${titleOf(name)}\n\n${asMarkdown(tableOf(of))}`);
  return [
    ['summary', asMarkdown(summary)] as const,
    ['operations', tables.join('\n\n')] as const,
  ].reduce(
    (page, [name, figures]) => withFigures(page, name, figures),
    readFileSync(referencePage, 'utf8'),
  );
}

function tableOf(operations: readonly Listed[]): Table {
  return [
    ['call', 'body', ...grounds],
    ...operations.map((listed) => {
      const { method, path } = listed;
      const marks = grounds.map((ground) => (groundOf(listed) === ground ? markOf(listed) : ''));
      return [`\`${method} ${path}\``, bodyOf(listed), ...marks];
    }),
  ];
}

function groundOf({ answer }: Listed): (typeof grounds)[number] {
  if (answer['x-undocumented']) return 'unknown';
  const found = grounds.find((ground) => ground === answer['x-confidence']);
  if (found === undefined)
    throw new Error('An answer is known, and the document does not say how.');
  return found;
}

/** What an unknown answer may well be is no promise, and not its type. */
function markOf({ answer }: Listed): string {
  const likely = answer['x-expected-schema']?.replace(/.*\//, '');
  return likely === undefined ? '×' : `× likely \`${likely}\``;
}

function bodyOf({ operation: { requestBody } }: Listed): string {
  if (requestBody === undefined) return '';
  const [type = ''] = Object.keys(requestBody.content);
  const kind = /json/.test(type) ? 'JSON' : /multipart/.test(type) ? 'multipart' : 'form';
  return requestBody['x-declared-content-type'] === undefined ? kind : `${kind} \\*`;
}

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
