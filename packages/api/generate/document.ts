// What the generator reads of packages/api/act-on-api.json, an OpenAPI 3.1 document.
import { readFileSync } from 'node:fs';

export type Schema = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly 'x-undocumented'?: boolean;
  readonly 'x-confidence'?: string;
  readonly 'x-expected-schema'?: string;
}

export interface Paging {
  readonly style: 'offset' | 'page' | 'body';
  readonly items: string;
  readonly maxLimit?: number | string;
  readonly defaultLimit?: number;
  readonly totalReliable?: boolean;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
    readonly 'x-confidence'?: string;
    readonly 'x-declared-content-type'?: string;
  };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly 'x-pagination'?: Paging;
}

export interface Document {
  readonly info: { readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly answer: Answer;
}

export function readDocument(): Document {
  const file = new URL('../act-on-api.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Document;
}

/** Without `/token`: that one is the session's. */
export function callable(document: Document): Document {
  const { '/token': _, ...paths } = document.paths;
  return { ...document, paths };
}

/** Every operation, in the document's order, with its answer of success. */
export function operationsOf({ paths }: Document): Listed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const [answer] = Object.entries(operation.responses).flatMap(([status, each]) =>
        status.startsWith('2') ? [each] : [],
      );
      if (answer === undefined)
        throw new Error(`${operation.operationId} has no answer of success.`);
      return { method: method.toUpperCase(), path, operation, answer };
    }),
  );
}

/** The schema itself, if it is a reference. */
export function resolved({ components }: Document, schema: Schema): Schema {
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  const found = components.schemas[$ref.replace('#/components/schemas/', '')];
  if (found === undefined) throw new Error(`The document has no ${$ref}.`);
  return found;
}
