import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { toStdout } from './answer.ts';
import { wrongUse } from './command-error.ts';
import { printableLines } from './printable.ts';

/** Where records go. */
export interface RecordOutput {
  /** How many records it has already. */
  readonly from: number;
  /** `done`: how many records it has with this text. */
  write(text: string, done: number): Promise<void>;
  /** All are there. */
  end(): Promise<void>;
  /** They are not; `remedy` says how to go on. */
  close(): Promise<void>;
  remedy(list: string, done: number): string;
}

export function toTerminalOrPipe(from: number): RecordOutput {
  return {
    from,
    // A terminal would obey what is in it.
    write: (text) => toStdout(process.stdout.isTTY ? printableLines(text) : text),
    end: async () => {},
    close: async () => {},
    remedy: (list, done) => `To go on: act-on-token records ${list} --from ${done}`,
  };
}

/**
 * A file that can be gone on with after any end of the process: `FILE.place` says what is in it, and
 * is replaced at once or not at all. Throws `configuration` if it cannot be written, or if what is in
 * it is something different.
 */
export async function toFile(name: string, what: string): Promise<RecordOutput> {
  const placeName = `${name}.place`;
  const place = await readPlace(placeName, what);
  const file = await open(name, place === null ? 'w' : 'a').catch((error: unknown) =>
    Promise.reject(wrongUse(`-o ${name} cannot be written (${Object(error).code}).`)),
  );
  await cut(file, name, place?.bytes ?? 0).catch(async (error) => {
    await file.close();
    throw error;
  });
  let bytes = place?.bytes ?? 0;
  return {
    from: place?.records ?? 0,
    async write(text, records) {
      const all = Buffer.from(text);
      for (let rest = all; rest.length > 0; ) {
        const { bytesWritten } = await file.write(rest);
        rest = rest.subarray(bytesWritten);
      }
      bytes += all.length;
      await writeFile(`${placeName}.new`, JSON.stringify({ what, records, bytes }));
      await rename(`${placeName}.new`, placeName);
    },
    async end() {
      await file.close();
      await rm(placeName, { force: true });
    },
    close: () => file.close(),
    remedy: () => 'To go on, run the same command again',
  };
}

interface Place {
  readonly records: number;
  readonly bytes: number;
}

async function readPlace(name: string, what: string): Promise<Place | null> {
  const text = await readFile(name, 'utf8').catch((error: unknown) => {
    if (Object(error).code === 'ENOENT') return null;
    throw wrongUse(`${name} cannot be read (${Object(error).code}).`);
  });
  if (text === null) return null;
  let place: Partial<Place & { what: unknown }> = {};
  try {
    place = Object(JSON.parse(text));
  } catch {}
  const { what: noted, records, bytes } = place;
  if (noted === what && Number.isSafeInteger(records) && Number.isSafeInteger(bytes))
    return place as Place;
  throw wrongUse(`${name} is that of another export. Delete it, or name another file with -o.`);
}

/** Behind it is what a run could not note any more. */
async function cut(file: FileHandle, name: string, bytes: number): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) throw wrongUse('-o must name a file. Without it the records go to stdout.');
  if (found.size < bytes)
    throw wrongUse(`${name} is shorter than ${name}.place says. Delete both to begin again.`);
  await file.truncate(bytes);
}
