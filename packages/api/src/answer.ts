import { ActOnApiError } from './api-error.ts';
import type { Readings } from './types.ts';

/** An answer of success is not read on beyond 64 MiB of text; an error not beyond 64 kB. */
const longestText = 67_108_864;
const longestProblem = 65_536;

/**
 * The data of an answer of success. The words of the operation's line in the table say what it must
 * be, and it is read by its content: Act-On sends JSON as text/plain as well. Rejects with
 * {@link ActOnApiError} for a page of HTML, and for what cannot be read.
 */
export async function readAnswer(
  response: Response,
  words: readonly string[],
  operation: string,
  parseAs: keyof Readings | undefined,
): Promise<unknown> {
  const { status } = response;
  const fail = (found: string, remedy: string): ActOnApiError =>
    new ActOnApiError(
      `Act-On answered ${operation} with ${status} and ${found}. ${operation.startsWith('GET') ? '' : 'It may have done what was asked. '}${remedy}`,
      { operation, status },
    );
  const isUnknown = words.includes('unknown');
  const mayBePage = words.includes('html') || (isUnknown && parseAs !== undefined);
  const page = (): ActOnApiError =>
    fail(
      'a page of HTML in place of data',
      'Try again later; a gateway between may have answered.',
    );
  if (parseAs === 'stream' || parseAs === 'blob' || words.includes('binary')) {
    if (!mayBePage && isHtml(response.headers.get('content-type'))) {
      response.body?.cancel().catch(() => {});
      throw page();
    }
    return parseAs === 'stream' ? response.body : response.blob();
  }
  const text = await readText(response, longestText);
  if (text === null)
    throw fail('more than 64 MiB of text', 'Pass parseAs: "stream", and read it piece by piece.');
  if (!mayBePage && isPage(text)) throw page();
  if (parseAs === 'text' || words.includes('text') || words.includes('html')) return text;
  if (status === 204 || status === 205) return undefined;
  if (text.trim() === '' && isUnknown) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    if (isUnknown) return text;
    throw fail(
      text.trim() === '' ? 'an empty body' : 'a body that is not JSON',
      'If you asked for another format, pass parseAs: "text" or "stream".',
    );
  }
}

/** What Act-On said instead of an answer. Tokens in it are blanked out. */
export async function readProblem(
  response: Response,
  operation: string,
  secrets: readonly (string | undefined)[],
): Promise<ActOnApiError> {
  const { status, headers } = response;
  const body = (await readText(response, longestProblem).catch(() => '')) ?? '';
  const said = isPage(body) ? [null, 'a page of HTML'] : wordsOf(body);
  const [code, text] = said.map((words) => clean(words, secrets));
  const details = [text, code === null ? null : `(${code})`].filter((part) => part !== null);
  return new ActOnApiError(
    `Act-On answered ${operation} with ${status}${details.length > 0 ? `: ${details.join(' ')}` : ', and gave no reason'}. ${remedy(status, operation)}`,
    { operation, status, code, text, retryAt: retryAt(headers.get('retry-after')) },
  );
}

/** Act-On's code and words, in the shape of whichever service answered. */
function wordsOf(body: string): [code: unknown, text: unknown] {
  let json: Record<string, unknown>;
  try {
    json = Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return [null, body];
  }
  // /api/1, the gateway, templated mail, the issuer of tokens, the gateway until 2023.
  if ('errorCode' in json) return [json.errorCode, json.message];
  if ('httpCode' in json) return [json.httpCode, joined([json.httpMessage, json.moreInformation])];
  if ('errorName' in json) return [json.errorName, json.message];
  if ('error' in json) return [json.error, json.error_description];
  if ('fault' in json) {
    const fault = Object(json.fault) as Record<string, unknown>;
    return [fault.code, joined([fault.message, fault.description])];
  }
  // Contacts; custom data, whose status is "404 NOT_FOUND"; templated mail that may not be sent.
  if (Array.isArray(json.errors)) return [null, joined(json.errors)];
  if ('errorMessage' in json || 'errorId' in json)
    return [
      String(json.status ?? '').replace(/^\d+ /, ''),
      joined([json.errorMessage, ...[json.errorList ?? []].flat()]),
    ];
  if (Array.isArray(json.suppressedRecipients))
    return ['suppressed', `suppressed recipients: ${json.suppressedRecipients.length}`];
  return [null, typeof json.message === 'string' ? json.message : null];
}

const joined = (parts: readonly unknown[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join('; ');

/** Printable, at most 300 characters, without any token; `null` for nothing. */
function clean(words: unknown, secrets: readonly (string | undefined)[]): string | null {
  if (typeof words !== 'string' && typeof words !== 'number') return null;
  let text = String(words);
  // Once more after the control characters are gone: they may have broken one up.
  for (let round = 0; round < 2; round += 1) {
    for (const secret of secrets) if (secret) text = text.replaceAll(secret, '[token]');
    text = text
      .replace(/\b(bearer)\s+[\w.~+/=-]+/gi, '$1 [token]')
      .replace(/\beyJ[\w-]+\.[\w.-]+/g, '[token]')
      .replace(round === 0 ? /\p{Cf}|\p{Cs}/gu : / +/g, round === 0 ? '' : ' ')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim();
  }
  if (text === '') return null;
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function remedy(status: number, operation: string): string {
  if (status === 401) return 'Sign in again; the session got no token that Act-On takes.';
  if (status === 403) return 'Ask the administrator of the account whether its user may do this.';
  if (status === 404) return 'Check the ids in its parameters.';
  if (status === 429)
    return 'Act-On takes five calls a second and 30,000 a day; @act-on-token/throttle keeps to the former.';
  if (status < 500) return 'Check its parameters and its body.';
  return operation.startsWith('GET')
    ? 'Try again later.'
    : 'It may have done what was asked: look before you try again.';
}

/** Seconds or a date, as an instant; `null` if it is neither. */
function retryAt(header: string | null): number | null {
  const at = /^\d{1,9}$/.test(header ?? '')
    ? Date.now() + Number(header) * 1_000
    : Date.parse(header ?? '');
  return Number.isNaN(at) ? null : at;
}

const isHtml = (type: string | null): boolean => /^text\/html\b/i.test(type ?? '');
const isPage = (text: string): boolean => /^\s*(<!doctype html|<html[\s>])/i.test(text);

/** `null` if it is longer; the connection is freed then. */
async function readText(response: Response, longest: number): Promise<string | null> {
  const reader = response.body?.getReader();
  if (reader === undefined) return response.text();
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > longest) {
      reader.cancel().catch(() => {});
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
