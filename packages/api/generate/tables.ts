import { type Document, type Listed, operationsOf, resolved, type Schema } from './document.ts';

/** `src/generated/tables.ts`: the part of the document that the package needs while it runs. */
export function tables(document: Document): string {
  const operations = operationsOf(document);
  const rows = operations.flatMap((listed) => {
    const words = [bodyOf(document, listed), answerOf(listed)].filter((word) => word !== 'json');
    return words.length > 0 ? [[`${listed.method} ${listed.path}`, words.join(' ')] as const] : [];
  });
  const paged = operations.flatMap((listed) => {
    const paging = listed.operation['x-pagination'];
    return paging === undefined || paging.style === 'body' ? [] : [{ ...listed, paging }];
  });
  const offset = paged.filter(({ paging }) => paging.style === 'offset');
  for (const { path, method, paging } of offset)
    if (method !== 'GET' || paging.maxLimit !== 1_000)
      throw new Error(`${method} ${path} is paged as no other is: pages.ts has to learn that.`);
  const page = paged.filter(({ paging }) => paging.style === 'page');
  return `// Written by \`npm run api\` from act-on-api.json. Do not edit.

/**
 * What an operation sends and answers, where that is not JSON: "form" or "multipart" for its body;
 * "text", "html", "binary" or "unknown" for its answer. What is "unknown" no document says.
 */
export const operations: Readonly<Record<string, string>> = ${object(rows)};

/** Paged by offset and count: the member of the answer that has the records. */
export const offsetPaths = ${object(offset.map(({ path, paging }) => [path, paging.items]))} as const;

/** Paged by page and pageSize: the method, and the default of pageSize. */
export const pagePaths = ${object(page.map(({ path, method, paging }) => [path, [method, paging.defaultLimit ?? 0]]))} as const;
`;
}

/** Throws if a body needs what \`src/body.ts\` does not know. */
function bodyOf(document: Document, { method, path, operation }: Listed): string {
  const content = Object.entries(operation.requestBody?.content ?? {});
  // A file needs a multipart body; where the document takes a form too, it is without the file.
  const [type = 'application/json', media] =
    content.find(([name]) => name === 'multipart/form-data') ?? content[0] ?? [];
  const kind = kinds[type];
  if (kind === undefined)
    throw new Error(`${method} ${path} takes ${type}: body.ts has to learn it.`);
  if (kind !== 'json' && media !== undefined) checkFields(document, kind, media.schema);
  return kind;
}

const kinds: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'form',
  'multipart/form-data': 'multipart',
};

/** In a form an array is a repeated field; in a multipart body it is JSON. */
function checkFields(document: Document, kind: string, schema: Schema): void {
  const { properties = {} } = resolved(document, schema);
  for (const [name, field] of Object.entries(properties as Record<string, Schema>)) {
    const { type, contentMediaType } = resolved(document, field);
    const isJson = contentMediaType === 'application/json';
    if (
      (isJson && kind === 'form') ||
      (type === 'array' && kind === 'multipart') ||
      type === 'object'
    )
      throw new Error(`The field "${name}" is encoded as no other is: body.ts has to learn that.`);
  }
}

function answerOf({ answer }: Listed): string {
  if (answer['x-undocumented']) return 'unknown';
  const types = Object.keys(answer.content ?? {});
  if (types.includes('application/json')) return 'json';
  if (types.includes('text/html')) return 'html';
  return types.every((type) => type.startsWith('text/')) ? 'text' : 'binary';
}

function object(rows: readonly (readonly [string, unknown])[]): string {
  const lines = rows.map(
    ([key, value]) =>
      `  '${key}': ${JSON.stringify(value).replaceAll('"', "'").replace(',', ', ')},\n`,
  );
  return `{\n${lines.join('')}}`;
}
