/** An error of a failed connection, as the runtimes and other libraries throw it. */
type Failure = {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  /** What node-fetch makes of `syscall`. */
  readonly erroredSysCall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
};

/**
 * Errors with which undici (Node's own `fetch`, and its proxies) failed to make a connection, TLS included. It is the only
 * proof for some: a reset during the handshake looks the same as one after the request.
 */
const connectErrors = new WeakSet<object>();
let isWatching = false;

/** @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
export function watchConnections(): void {
  if (isWatching) return;
  isWatching = true;
  type Channels = { subscribe(name: string, listener: (message: { error?: unknown }) => void): void };
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): Channels | undefined } };
  process?.getBuiltinModule?.('node:diagnostics_channel')?.subscribe('undici:client:connectError', ({ error }) => {
    if (isObject(error)) connectErrors.add(error);
  });
}

/** Whether `error` proves that no connection was made, so that nothing of the request has left this machine. */
export function wasNeverConnected(error: unknown, depth = 0): boolean {
  if (!isObject(error) || depth > 5) return false;
  if (connectErrors.has(error)) return true;
  if (Array.isArray(error.errors) && error.errors.length > 0) return error.errors.every((each) => wasNeverConnected(each, depth + 1));
  if (wasNeverConnected(error.cause, depth + 1)) return true;
  // A cause that says what failed knows better than what wraps it.
  return !(isObject(error.cause) && codeOf(error.cause) !== null) && showsNoConnection(error);
}

function showsNoConnection({ message, code, syscall, erroredSysCall }: Failure): boolean {
  const words = String(message);
  const failed = syscall ?? erroredSysCall ?? /(?:^|reason: )(\w+) E[A-Z]+\b/.exec(words)?.[1];
  if (failed !== undefined) return /^(connect|getaddrinfo|query\w*|bind)$/.test(String(failed));
  if (/ before secure TLS connection was established|: client error \(Connect\): /.test(words)) return true;
  if (typeof code !== 'string') return false;
  // A record of another version, once a version has been agreed upon, is one that came after the request.
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return !/tls_default_|tls13_|get_record|OPENSSL_internal/.test(words);
  return code.startsWith('ERR_SSL_') ? answersHello.test(code) : neverConnected.test(code);
}

/** Codes that only a connection can have that was not made: those of Node, of Bun, and those of a certificate that was refused. */
const neverConnected =
  /^(ENOTFOUND|EAI_\w+|ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|DNSException|UNABLE_TO_\w+|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))$|CERT|CRL/;
/** TLS alerts, and complaints of our own, about the first message of a handshake. */
const answersHello =
  /HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|UNRECOGNIZED_NAME|NO_APPLICATION_PROTOCOL|INSUFFICIENT_SECURITY/;

/** The code of an error or of what caused it, and nothing else of it: messages may quote what was sent. */
export function codeOf(error: unknown, depth = 0): string | null {
  if (!isObject(error) || depth > 5) return null;
  if (typeof error.code === 'string' && /^[\w/]{1,60}$/.test(error.code)) return error.code;
  const inner = Array.isArray(error.errors) ? error.errors[0] : undefined;
  const code = codeOf(error.cause, depth + 1) ?? codeOf(inner, depth + 1);
  // Deno has no codes; it says so between the URL and the reason.
  return code ?? /: client error \((Connect)\): /.exec(String(error.message))?.[1] ?? null;
}

function isObject(value: unknown): value is Failure & object {
  return typeof value === 'object' && value !== null;
}
