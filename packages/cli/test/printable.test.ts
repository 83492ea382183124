import { expect, it } from 'vitest';
import { printable, printableLines, printableText } from '../src/printable.ts';

it.each([
  ['an escape sequence', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['one of a single C1 character', '\u009b31m', '\\u009b31m'],
  ['what sets a clipboard or title', '\u001b]52;c;eA==\u0007', '\\u001b]52;c;eA==\\u0007'],
  ['NUL, backspace and DEL', 'a\0b\bc\u007f', 'a\\u0000b\\u0008c\\u007f'],
  [
    'line ends of any kind',
    'a\rb\nc\u2028d\u2029e\u0085f\vg\fh',
    'a\\u000db\\u000ac\\u2028d\\u2029e\\u0085f\\u000bg\\u000ch',
  ],
  [
    'what turns the direction of writing',
    '\u202eevil\u2066x\u200f\u061c',
    '\\u202eevil\\u2066x\\u200f\\u061c',
  ],
  [
    'what is drawn as nothing',
    'a\u200b\u2060\ufeff\u00ad\u3164\u{e0041}',
    'a\\u200b\\u2060\\ufeff\\u00ad\\u3164\\udb40\\udc41',
  ],
  ['half a character', '\ud83d', '\\ud83d'],
  ['what is not assigned, and private', '\u0378\ue000', '\\u0378\\ue000'],
])('shows %s instead of letting a terminal obey it', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it('leaves all other text alone', () => {
  const text = 'Łódź, naïve, 日本語, עברית, 😀 — "quoted" \\ %41';
  expect(printable(text)).toBe(text);
});

it('keeps JSON the JSON that it was', () => {
  const value = { name: 'a\u0000\u001b[1m\u202e\u{e0041}\u007f\n😀', nested: ['\u2028'] };
  const text = printableLines(JSON.stringify(value, null, 2));
  expect(JSON.parse(text)).toEqual(value);
  expect(text).not.toMatch(/[^\n -~😀]/u);
});

it.each([1, 2, 3, 7, 1_000])('reads bytes in pieces of %i', async (size) => {
  const bytes = new TextEncoder().encode(
    '{"name":"Zoë \u202e\u001b[2J 😀"}\r\nnext\rover\n\tend\r',
  );
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  let text = '';
  for await (const each of printableText(pieces())) text += each;
  expect(text).toBe('{"name":"Zoë \\u202e\\u001b[2J 😀"}\nnext\\u000dover\n\tend\\u000d');
});

it('reads bytes that are no text', async () => {
  async function* pieces() {
    yield Uint8Array.of(0xff, 0x9b, 0x41, 0xe2, 0x82);
  }
  let text = '';
  for await (const each of printableText(pieces())) text += each;
  expect(text).toBe('\ufffd\ufffdA\ufffd');
});
