import { describe, expect, it } from 'vitest';
import { readHistory } from '../history.ts';

const lines = ['{"at":1,"type":"started"}', '{"at":2,"type":"closed"}'];

describe('a history', () => {
  it('may end in the middle of a line: whoever wrote it was killed', () => {
    const whole = lines.map((line) => JSON.parse(line));
    expect(readHistory('')).toEqual([]);
    expect(readHistory(`${lines.join('\n')}\n`)).toEqual(whole);
    expect(readHistory(lines.join('\n'))).toEqual(whole);
    expect(readHistory(`${lines.join('\n')}\n{"at":3,"ty`)).toEqual(whole);
    expect(readHistory(`${lines.join('\n')}\n3`)).toEqual(whole);
  });

  it('cannot be damaged anywhere else', () => {
    expect(() => readHistory(`${lines[0]}\n{"at":3,"ty\n${lines[1]}\n`)).toThrow(SyntaxError);
  });
});
