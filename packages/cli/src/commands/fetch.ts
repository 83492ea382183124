import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Session } from '@act-on-token/core';
import { toStdout } from '../answer.ts';
import { CommandError, wrongUse } from '../command-error.ts';
import { type Exit, exitOfStatus, exits } from '../exit-codes.ts';
import { networkFailure } from '../network-failure.ts';
import { printable, printableText } from '../printable.ts';
import { type AccountOptions, type Environment, readSendingSettings } from '../settings.ts';
import { patiently } from '../terminal.ts';
import { withSession } from '../with-session.ts';

/** Named after curl's. */
export interface FetchOptions extends AccountOptions {
  readonly request?: string;
  /** A text, `@file`, or `-` for stdin. */
  readonly data?: string;
  readonly header: readonly string[];
  readonly include?: boolean;
}

/**
 * Calls Act-On's API with the session's token, and no other server; streams the answer to stdout.
 */
export async function fetchPath(
  path: string,
  options: FetchOptions,
  env: Environment,
  signal: AbortSignal,
): Promise<Exit> {
  const { clientSecret, ...settings } = await readSendingSettings(options, env);
  const init = { ...(await requestOf(options)), signal };
  return withSession(settings, clientSecret, async (session) => {
    const response = await send(session, path, init);
    if (options.include) await toStdout(headOf(response));
    if (response.body !== null) await pass(response.body as ReadableStream, signal);
    if (response.status >= 400) report(response);
    return exitOfStatus(response.status);
  });
}

async function requestOf({ request, data, header }: FetchOptions): Promise<RequestInit> {
  const headers = readHeaders(header);
  // What curl would say it is.
  if (data !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'application/x-www-form-urlencoded');
  const method = readMethod(request ?? (data === undefined ? 'GET' : 'POST'));
  if (data !== undefined && (method === 'GET' || method === 'HEAD'))
    throw wrongUse(`-d needs a method that has a body, and ${method} has none.`);
  // A redirect is an answer, as it is to curl: nothing follows it to where the token must not go.
  return {
    method,
    headers,
    redirect: 'manual',
    ...(data !== undefined && { body: await readData(data) }),
  };
}

function readMethod(method: string): string {
  // Those three the runtime's fetch refuses to send.
  if (!/^(?!(connect|trace|track)$)[a-z]+$/i.test(method))
    throw wrongUse('-X must be a method, such as PUT or DELETE.');
  return method.toUpperCase();
}

function readHeaders(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/s.exec(line) ?? [];
    if (name.toLowerCase() === 'authorization')
      throw wrongUse(
        '-H must not be an Authorization: act-on-token fetch sends the session’s own.',
      );
    try {
      headers.append(name, value);
    } catch {
      // The runtime's own message would show the value.
      throw wrongUse(
        `-H must be "Name: value", with characters that a header may have${name === '' ? '' : `; "${name}" is not`}.`,
      );
    }
  }
  return headers;
}

/** All of it, so that it can be sent once more after a 401. */
async function readData(data: string): Promise<Uint8Array<ArrayBuffer> | string> {
  if (data !== '-' && !data.startsWith('@')) return data;
  if (data === '-' || data === '@-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return new Uint8Array(Buffer.concat(chunks));
  }
  return readFile(data.slice(1)).then(
    (bytes) => new Uint8Array(bytes),
    (error: unknown) =>
      Promise.reject(wrongUse(`-d ${data} cannot be read (${Object(error).code}).`)),
  );
}

async function send(session: Session, path: string, init: RequestInit): Promise<Response> {
  if (!URL.canParse(path, session.apiBase))
    throw wrongUse('PATH must be a path, as in: act-on-token fetch /api/1/account');
  try {
    return await patiently(session.fetch(path, init));
  } catch (error) {
    throw networkFailure(error, init.signal);
  }
}

async function pass(body: ReadableStream, signal: AbortSignal): Promise<void> {
  try {
    const bytes = Readable.fromWeb(body);
    // To a file or another program goes what came; a terminal would obey what is in it.
    await pipeline(
      process.stdout.isTTY ? Readable.from(printableText(bytes)) : bytes,
      process.stdout,
      { end: false },
    );
  } catch (error) {
    if (Object(error).syscall === 'write') throw error;
    throw signal.aborted
      ? signal.reason
      : new CommandError(
          exits.unreachable,
          'The answer of Act-On broke off. What was printed is a part of it.',
        );
  }
}

function headOf({ status, statusText, headers }: Response): string {
  const lines = [...headers].map(([name, value]) => `${printable(`${name}: ${value}`)}\r\n`);
  return `${printable(`HTTP/1.1 ${status} ${statusText}`)}\r\n${lines.join('')}\r\n`;
}

function report({ status, statusText, headers }: Response): void {
  const pause = headers.get('retry-after');
  const later = pause === null ? '' : `; Retry-After: ${pause.slice(0, 40)}`;
  const reason = statusText.length > 100 ? `${statusText.slice(0, 100)}…` : statusText;
  process.stderr.write(
    `act-on-token: ${printable(`Act-On answered ${`${status} ${reason}`.trim()}${later}.`)}\n`,
  );
}
