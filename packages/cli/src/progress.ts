import { isWatched } from './terminal.ts';

const width = 30;

/**
 * Shows a person how far long work is, in one line of stderr that is written over. Not where the
 * records themselves go by on the same terminal.
 */
export function showProgress(done: number, total: number | null): void {
  if (isHidden()) return;
  const count = (number: number): string => number.toLocaleString('en');
  const bar = (of: number): string => {
    const full = Math.min(width, Math.floor((done / Math.max(1, of)) * width));
    return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${count(done)} of ${count(of)}`;
  };
  process.stderr.write(`\r${total === null ? count(done) : bar(total)} records\u001b[K`);
}

export function endProgress(): void {
  if (!isHidden()) process.stderr.write('\r\u001b[K');
}

const isHidden = (): boolean => !isWatched() || process.stdout.isTTY === true;
