import openapiTs, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import type { Document } from './document.ts';

/** `src/generated/schema.ts`: the types of all operations, by openapi-typescript. */
export async function types(document: Document): Promise<string> {
  const nodes = await openapiTs(withContentSchemas(document) as never, {
    exportType: true,
    defaultNonNullable: false,
    transform: ({ format }) =>
      format === 'binary' ? ts.factory.createTypeReferenceNode('Blob') : undefined,
  });
  return `// Written by \`npm run api\` from act-on-api.json. Do not edit.\n\n${astToString(nodes)}`;
}

/** JSON in a text field is encoded by the package, so its type is that of the JSON. */
function withContentSchemas(document: Document): unknown {
  return JSON.parse(JSON.stringify(document), (_, value) => value?.contentSchema ?? value);
}
