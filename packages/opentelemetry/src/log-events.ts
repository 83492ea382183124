import type { SessionEvent } from '@act-on-token/core';

/** As pino, bunyan and winston have it: an object of facts, then a text. */
export type LogFunction = (facts: object, text: string) => void;

/** A logger such as `pino()`. */
export interface Logger {
  readonly info: LogFunction;
  readonly warn: LogFunction;
  readonly error: LogFunction;
}

/** A session, or a pool, whose events come with the account. */
interface Source {
  on(listener: (event: SessionEvent, account?: string) => void): () => void;
}

const levels: Partial<Record<SessionEvent['type'], 'warn' | 'error'>> = {
  refresh_failed: 'warn',
  unknown: 'warn',
  superseded: 'warn',
  suspect: 'warn',
  grant_budget: 'error',
  unsaved: 'error',
  store_failed: 'error',
};

/**
 * Writes every event of a session or pool to a logger: what needs a person as `error`, what heals
 * by itself as `warn`. No event carries a secret. A pool's account goes along only with
 * `accounts: true`, because it names a person. Returns the function that stops it.
 *
 * @example
 * const stop = logEvents(session, pino());
 */
export function logEvents(
  source: Source,
  logger: Logger,
  { accounts = false }: { accounts?: boolean | undefined } = {},
): () => void {
  return source.on((event, account) => {
    const { type, ...facts } = event;
    const level = levels[type] ?? 'info';
    logger[level](
      { ...facts, event: type, ...(accounts && account !== undefined && { account }) },
      `act-on-token: ${type}`,
    );
  });
}
