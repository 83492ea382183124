/**
 * A line of CSV with its end, by RFC 4180: quotes where a field needs them, and doubled inside. A
 * field that is null or undefined is empty; an object is JSON.
 */
export function csvLine(fields: readonly unknown[]): string {
  return `${fields.map(fieldOf).join(',')}\r\n`;
}

function fieldOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
