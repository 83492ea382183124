import type { EmulatedActOn } from '../emulated-act-on.ts';
import type { ContactList } from './contact-list.ts';

/** A file on its way into a list. */
export interface Upload {
  readonly account: string;
  readonly listId: string;
  readonly mode: MergeMode;
  /** Rows by heading; none are kept once they are in the list. */
  records: readonly Readonly<Record<string, string>>[];
  readonly startedAt: number;
  /** What became of it; `null` while it is pending or running. */
  counts: UploadCounts | null;
}

export interface UploadCounts {
  readonly appendCount: number;
  readonly updateCount: number;
  readonly failedCount: number;
  readonly rejectedCount: number;
}

export type MergeMode = 'APPEND' | 'APPEND_NO_DUPLICATES' | 'UPSERT' | 'UPDATE_ONLY' | 'REPLACE';
export const mergeModes: readonly MergeMode[] = [
  'APPEND',
  'APPEND_NO_DUPLICATES',
  'UPSERT',
  'UPDATE_ONLY',
  'REPLACE',
];

/** How long a job is pending, and when it is done; after a day no one remembers it. */
export const uploadTimes = { pending: 1_000, done: 3_000, forgotten: 86_400_000 };

/** What the uploads have done to the lists whose time has come. */
export function finishUploads(
  actOn: EmulatedActOn,
  account: string,
  lists: ReadonlyMap<string, ContactList>,
): void {
  const now = actOn.clock.now();
  for (const upload of actOn.state.uploads.values()) {
    if (upload.account !== account || upload.counts !== null) continue;
    if (now - upload.startedAt < uploadTimes.done) continue;
    const list = lists.get(upload.listId);
    if (list) upload.counts = merge(list, upload, now);
    upload.records = [];
  }
}

function merge(list: ContactList, { mode, records }: Upload, now: number): UploadCounts {
  const column = list.headers.indexOf(list.emailColumn);
  const rows = mode === 'REPLACE' ? [] : [...list.rows];
  const places = new Map(rows.map((row, place) => [row[column]?.toLowerCase() ?? '', place]));
  let [appendCount, updateCount, rejectedCount] = [0, 0, 0];
  for (const record of records) {
    const email = record[list.emailColumn]?.toLowerCase() ?? '';
    const place = mode === 'APPEND' ? undefined : places.get(email);
    const before = place === undefined ? [] : (rows[place] ?? []);
    const row = list.headers.map((header, index) => record[header] ?? before[index] ?? '');
    if (!email.includes('@')) rejectedCount += 1;
    else if (place === undefined && mode !== 'UPDATE_ONLY') {
      places.set(email, rows.length);
      rows.push(row);
      appendCount += 1;
    } else if (place !== undefined && mode !== 'APPEND_NO_DUPLICATES') {
      rows[place] = row;
      updateCount += 1;
    }
  }
  list.rows = rows;
  list.modifiedAt = now;
  return { appendCount, updateCount, failedCount: 0, rejectedCount };
}
