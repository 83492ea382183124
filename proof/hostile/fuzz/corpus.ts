import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../corpus/', import.meta.url));

/** One kept input. */
export interface Kept {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The inputs that are kept for a reader, in the order of their names. */
export function readCorpus(reader: string): Kept[] {
  const files = readdirSync(join(folder, reader), { withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  return files
    .map(({ name }) => ({ name, bytes: readFileSync(join(folder, reader, name)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Keeps an input under what it leads to; gives its path from the corpus folder. */
export function keep(reader: string, sort: string, bytes: Buffer): string {
  const words = sort
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 48);
  const name = `${words}.${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;
  mkdirSync(join(folder, reader), { recursive: true });
  writeFileSync(join(folder, reader, name), bytes);
  return join(reader, name);
}
