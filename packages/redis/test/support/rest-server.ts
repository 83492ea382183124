import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Redis } from 'ioredis';
import { type Listening, listen } from '../../../../proof/support/listen.ts';

/**
 * Redis over HTTP as Upstash serves it: a command is a POST of its words, or many at once to
 * /pipeline.
 */
export function startRestServer(redis: Redis, token: string): Promise<Listening> {
  return listen(
    createServer(async (request, response) => {
      const encoding = request.headers['upstash-encoding'];
      const answerTo = ([command = '', ...args]: string[]) =>
        redis.call(command, ...args.map(String)).then(
          (result) => ({ result: inForm(result, encoding) }),
          (error: Error) => ({ error: error.message }),
        );
      const isKnown = request.headers.authorization === `Bearer ${token}`;
      const asked = (await json(request)) as never[];
      const isMany = request.url === '/pipeline';
      const answer = isKnown
        ? await (isMany ? Promise.all(asked.map(answerTo)) : answerTo(asked))
        : { error: 'Unauthorized' };
      response.statusCode = 'error' in answer ? 400 : 200;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    }),
  );
}

/** Texts go in base64 where the client asks for that. */
function inForm(result: unknown, encoding: unknown): unknown {
  if (Array.isArray(result)) return result.map((each) => inForm(each, encoding));
  const isText = typeof result === 'string' && result !== 'OK' && encoding === 'base64';
  return isText ? Buffer.from(result).toString('base64') : result;
}
