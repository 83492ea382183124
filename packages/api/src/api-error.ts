const brand = Symbol.for('act-on-token.api-error');

export interface ApiErrorDetails {
  readonly operation: string;
  readonly status: number;
  readonly code?: string | null | undefined;
  readonly text?: string | null | undefined;
  readonly retryAt?: number | null | undefined;
}

/**
 * Act-On answered, and not with what was asked for. It has Act-On's own code and words, whichever
 * of its services answered, and no token, no body and no value of a parameter.
 */
export class ActOnApiError extends Error {
  /** What was called, without the values of its parameters: `GET /api/1/list/{listid}`. */
  readonly operation: string;
  /** Of HTTP. 200: the answer was a page, or could not be read. */
  readonly status: number;
  /** Act-On's code, always as text: `10004`, `invalid_grant`. `null` if it gave none. */
  readonly code: string | null;
  /** Act-On's own words, printable and at most 300 characters. `null` if it gave none. */
  readonly text: string | null;
  /** When to try again, in epoch milliseconds, if Act-On said so. */
  readonly retryAt: number | null;

  constructor(message: string, details: ApiErrorDetails) {
    super(message);
    this.operation = details.operation;
    this.status = details.status;
    this.code = details.code ?? null;
    this.text = details.text ?? null;
    this.retryAt = details.retryAt ?? null;
  }

  /** What a log gets. */
  toJSON(): ApiErrorDetails & { readonly name: string; readonly message: string } {
    const { name, message, operation, status, code, text, retryAt } = this;
    return { name, message, operation, status, code, text, retryAt };
  }
}
Object.defineProperty(ActOnApiError.prototype, 'name', {
  value: 'ActOnApiError',
  configurable: true,
  writable: true,
});
Object.defineProperty(ActOnApiError.prototype, brand, { value: true });

/** Whether `error` is an {@link ActOnApiError}, of this copy of the package or another. */
export function isActOnApiError(error: unknown, code?: string): error is ActOnApiError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  return code === undefined || (error as unknown as ActOnApiError).code === code;
}
