/*
 * Finds a piece of source text however it is formatted: a text that a proof cuts out or replaces must survive the formatter.
 */

/** Matches `text` with any white space between its tokens, and with or without a comma before a closing bracket. */
export function anyFormat(text: string): RegExp {
  const tokens = text.match(/\w+|[^\w\s]/g) ?? [];
  const parts = tokens.map((token, index) => {
    const isBeforeEnd = token === ',' && /^[)\]}]/.test(tokens[index + 1] ?? '');
    const gap = index === 0 ? '' : /^[)\]}]/.test(token) ? '\\s*,?\\s*' : '\\s*';
    return isBeforeEnd ? '' : `${gap}${token.replace(/\W/g, '\\$&')}`;
  });
  return new RegExp(parts.join(''));
}

/** How often `text` occurs in `source`. */
export const occurrencesOf = (text: string, source: string): number =>
  source.split(anyFormat(text)).length - 1;
