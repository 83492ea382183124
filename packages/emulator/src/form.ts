/**
 * Parameters as OAuth reads them: one without a value counts as absent (RFC 6749 §3.1 and §3.2).
 */
export interface Parameters {
  get(name: string): string | null;
  names(): string[];
  /** The first name that occurs more than once. */
  readonly duplicate: string | null;
}

export function readParameters(...sources: readonly URLSearchParams[]): Parameters {
  const pairs = sources.flatMap((source) => [...source]).filter(([, value]) => value !== '');
  const names = pairs.map(([name]) => name);
  const values = new Map(pairs);
  return {
    get: (name) => values.get(name) ?? null,
    names: () => [...values.keys()],
    duplicate: names.find((name, index) => names.indexOf(name) !== index) ?? null,
  };
}

/** Whether a `Content-Type` header names `type`, whatever its case and parameters. */
export function isMediaType(header: string | null, type: string): boolean {
  return header?.split(';')[0]?.trim().toLowerCase() === type;
}
