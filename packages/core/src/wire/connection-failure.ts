/** An error of a failed connection, as the runtimes and other libraries throw it. */
type Failure = {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  /** What node-fetch makes of `syscall`. */
  readonly erroredSysCall?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
};

/**
 * Errors with which undici (Node's own `fetch`, and its proxies) failed to make a connection, TLS
 * included. It is the only proof for some: a reset during the handshake looks the same as one after
 * the request.
 */
const connectErrors = new WeakSet<object>();
let isWatching = false;

/** @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
export function watchConnections(): void {
  if (isWatching) return;
  isWatching = true;
  type Channels = {
    subscribe(name: string, listener: (message: { error?: unknown }) => void): void;
  };
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): Channels | undefined };
  };
  process
    ?.getBuiltinModule?.('node:diagnostics_channel')
    ?.subscribe('undici:client:connectError', ({ error }) => {
      connectErrors.add(Object(error));
    });
}

/**
 * Whether `error` proves that no connection was made, so that nothing of the request has left this
 * machine.
 */
export function wasNeverConnected(error: unknown, depth = 0): boolean {
  const { message, code, syscall, erroredSysCall, cause, errors } = Object(error) as Failure;
  if (connectErrors.has(Object(error))) return true;
  if (depth > 5) return false;
  if (errors?.length) return errors.every((each) => wasNeverConnected(each, depth + 1));
  // A cause that says what failed knows better than what wraps it.
  if (codeOf(cause) !== null) return wasNeverConnected(cause, depth + 1);
  const words = `${code} ${message}`;
  if (answersHello.test(words)) return true;
  const failed =
    syscall ?? erroredSysCall ?? /(?:^|reason: )(\w+) E[A-Z]+\b/.exec(`${message}`)?.[1];
  return failed === undefined
    ? neverConnected.test(words)
    : /^(connect|getaddrinfo|query|bind)/.test(`${failed}`);
}

/** What OpenSSL says of the first message of a handshake, and of nothing that comes later. */
const answersHello =
  /(SSL routines|ERR_SSL_).*(handshake.failure|protocol.version|unsupported.protocol|unrecognized.name|application.protocol|tls_validate_record_header:wrong)/i;

/**
 * A code and a message that only a connection can have that was not made: those of Node, of Bun, of
 * Deno, and those of a certificate that was refused. A record of a wrong version may also come
 * after the request, and OpenSSL says so.
 */
const neverConnected =
  /^(ENOTFOUND|EAI_\w+|ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|DNSException|UNABLE_TO_\w+|(?!ERR_SSL)\w*(CERT|CRL)\w*|ERR_SSL_WRONG_VERSION_NUMBER(?!.*(tls_default_|tls13_|get_record|OPENSSL_))) |before secure TLS connection was established|: client error \(Connect\): /;

/**
 * The code of an error or of what caused it, and nothing else of it: messages may quote what was
 * sent.
 */
export function codeOf(error: unknown, depth = 0): string | null {
  const { message, code, cause, errors } = Object(error) as Failure;
  if (typeof code === 'string' && /^[\w/]{1,60}$/.test(code)) return code;
  const inner = cause ?? errors?.[0];
  if (inner !== undefined && depth < 5) return codeOf(inner, depth + 1);
  // Deno has no codes; it says so between the URL and the reason.
  return /: client error \((Connect)\): /.exec(`${message}`)?.[1] ?? null;
}
