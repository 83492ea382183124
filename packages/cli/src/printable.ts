/**
 * What a terminal obeys instead of showing it, or shows as nothing: controls, formats such as those
 * that turn the direction of writing, line separators, lone surrogates, what Unicode has not
 * assigned.
 */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text of others for one line of a terminal. What cannot be printed is shown as in JSON: `\u001b`.
 */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** The same for text of several lines, with tabs; JSON stays the JSON it was. */
export function printableLines(text: string): string {
  return text.replace(unprintable, (char) =>
    char === '\n' || char === '\t' ? char : escaped(char),
  );
}

function escaped(char: string): string {
  return Array.from(
    { length: char.length },
    (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** Bytes for a terminal, whatever they are. Line ends may be those of Windows. */
export async function* printableText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    rest = text.endsWith('\r') ? '\r' : '';
    yield printableLines(text.slice(0, text.length - rest.length).replaceAll('\r\n', '\n'));
  }
  yield printableLines(rest + decoder.decode());
}
