import type { Reader } from './reader.ts';
import { textOf } from './reader.ts';
import { tokenAnswer } from './token-answer.ts';

/**
 * When to come back. Files: the text of `Retry-After`, and in a second line, if there is one, that
 * of `Date`.
 */
export const retryAfter: Reader<{ header: string; date: string | undefined }> = {
  name: 'retry-after',
  fromBytes(bytes) {
    const [header = '', date] = textOf(bytes).split('\n');
    return { header, date };
  },
  async check({ header, date }) {
    const headers: [string, string][] = [['retry-after', header]];
    if (date !== undefined) headers.push(['date', date]);
    const sort = await tokenAnswer.check({
      status: 429,
      headers,
      body: new Uint8Array(),
      breaksOff: false,
      isRefresh: true,
    });
    return `${sort} ${/^\d+$/.test(header.trim()) ? 'seconds' : 'other'}`;
  },
};
