/** RFC 4180: quotes where a field needs them, and doubled inside. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  const field = (text: string): string =>
    /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** The rows of a text; `quote` is empty where none is used. Empty lines are left out. */
export function readCsv(text: string, separator: string, quote: string): string[][] {
  const rows: string[][] = [];
  let [row, field, isQuoted] = [[] as string[], '', false];
  const endRow = (): void => {
    if (row.length > 0 || field !== '') rows.push([...row, field]);
    [row, field] = [[], ''];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== '' && char === quote) {
      if (isQuoted && text.charAt(at + 1) === quote) {
        field += quote;
        at += 1;
      } else isQuoted = !isQuoted;
    } else if (isQuoted) field += char;
    else if (char === separator) {
      row.push(field);
      field = '';
    } else if (char === '\n') endRow();
    else if (char !== '\r') field += char;
  }
  endRow();
  return rows;
}
