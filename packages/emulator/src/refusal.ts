import type { ReceivedRequest } from './received-request.ts';

/** Thrown to end a request with an answer, and to record in the ledger why it was refused. */
export class Refusal extends Error {
  readonly code: string;
  readonly answer: () => Response;
  /** Why, where the code does not say. */
  readonly reason: string | null;

  constructor(code: string, answer: () => Response, reason: string | null = null) {
    super(code);
    this.code = code;
    this.answer = answer;
    this.reason = reason;
  }
}

/** What `handle` answers, or the answer of the Refusal that it throws. */
export function answering(received: ReceivedRequest, handle: () => Response): Response {
  try {
    return handle();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    received.note.error = error.code;
    received.note.reason = error.reason;
    return error.answer();
  }
}
