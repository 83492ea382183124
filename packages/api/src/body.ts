/** What goes out as a body, with the type that has to be named for it. */
export interface EncodedBody {
  readonly body: BodyInit;
  readonly type: string | null;
}

/** The caller's object as the operation takes it, by the words of its line in the table. */
export function encodeBody(words: readonly string[], value: unknown): EncodedBody {
  if (words.includes('form')) {
    const body = new URLSearchParams();
    // An array is a field that is repeated: joined by commas Act-On would take it for one category.
    for (const [name, field] of fieldsOf(value))
      for (const each of [field].flat()) body.append(name, textOf(each));
    return { body, type: 'application/x-www-form-urlencoded' };
  }
  if (words.includes('multipart')) {
    const body = new FormData();
    for (const [name, field] of fieldsOf(value)) {
      // Without a name a Blob is called "blob".
      if (field instanceof Blob && !('name' in field)) body.append(name, field, name);
      else body.append(name, field instanceof Blob ? field : textOf(field));
    }
    return { body, type: null }; // fetch names it, with the boundary.
  }
  return { body: JSON.stringify(value), type: 'application/json' };
}

/** A field that is undefined or null is left out, as JSON leaves out the former. */
function fieldsOf(value: unknown): [string, unknown][] {
  return Object.entries(Object(value)).filter(([, field]) => field !== undefined && field !== null);
}

const textOf = (field: unknown): string =>
  typeof field === 'object' ? JSON.stringify(field) : String(field);
