import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createEmulator, type Emulator, type EmulatorOptions } from '@act-on-token/emulator';
import { onTestFinished } from 'vitest';
import { listen as listenWith } from '../../support/listen.ts';

/** An Act-On behind a server that may answer token requests in its place. */
export interface LyingServer {
  readonly emulator: Emulator;
  readonly url: string;
  /** Token requests that came in. */
  readonly asked: number;
  /** What answers token requests from now on; `null`: Act-On does. */
  lie(answer: Lie | null): void;
}

/** `tellTruth` lets Act-On work on the request and gives what it would answer. */
export type Lie = (response: ServerResponse, tellTruth: () => Promise<Response>) => unknown;

export async function lyingServer(options: EmulatorOptions): Promise<LyingServer> {
  const emulator = createEmulator(options);
  let lie: Lie | null = null;
  let asked = 0;
  const url = await listen(async (request, response) => {
    const body = await bodyOf(request);
    const isToken = request.url === '/token';
    if (isToken) asked += 1;
    const { method = 'GET', headers } = request;
    const tellTruth = (): Promise<Response> =>
      emulator.fetch(`http://act-on.test${request.url}`, {
        method,
        headers: {
          'content-type': headers['content-type'] ?? '',
          authorization: headers.authorization ?? '',
        },
        body: method === 'POST' ? body : null,
      });
    if (isToken && lie !== null) await lie(response, tellTruth);
    else await pass(await tellTruth(), response);
  });
  return {
    emulator,
    url,
    get asked() {
      return asked;
    },
    lie(answer) {
      lie = answer;
    },
  };
}

/** Hands an answer on, with other headers if need be. */
export async function pass(
  answer: Response,
  response: ServerResponse,
  headers: Record<string, string> = {},
): Promise<void> {
  response
    .writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...headers })
    .end(await answer.text());
}

/** Listens on a free port of the loopback until the test is over; its origin. */
export async function listen(answer: RequestListener): Promise<string> {
  const { port, close } = await listenWith(createServer(answer));
  onTestFinished(close);
  return `http://127.0.0.1:${port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
