import { callable, readDocument } from './document.ts';
import { reference, referencePage } from './reference.ts';
import { tables } from './tables.ts';
import { types } from './types.ts';

export interface GeneratedFile {
  readonly file: URL;
  readonly text: string;
}

/** What follows from the document, as it must be on disk. */
export async function generated(): Promise<GeneratedFile[]> {
  const document = callable(readDocument());
  const at = (name: string): URL => new URL(`../src/generated/${name}`, import.meta.url);
  return [
    { file: at('schema.ts'), text: await types(document) },
    { file: at('tables.ts'), text: tables(document) },
    { file: referencePage, text: reference(document) },
  ];
}
