import { pages } from '@act-on-token/api';
import { toStdout } from '../answer.ts';
import { type Exit, exits } from '../exit-codes.ts';
import { networkFailure } from '../network-failure.ts';
import { pacedApi } from '../paced-api.ts';
import { printableLines } from '../printable.ts';
import { formatRows, type RecordFormat } from '../record-format.ts';
import { type AccountOptions, type Environment, readSendingSettings } from '../settings.ts';
import { withSession } from '../with-session.ts';

export interface ListsOptions extends AccountOptions {
  readonly format: RecordFormat;
}

const headers = ['id', 'name', 'records', 'folder', 'modified'];

/** Prints the contact lists: as CSV what a person wants to know, as JSON all that Act-On says. */
export async function lists(
  { format, ...options }: ListsOptions,
  env: Environment,
  signal: AbortSignal,
): Promise<Exit> {
  const { clientSecret, ...settings } = await readSendingSettings(options, env);
  return withSession(settings, clientSecret, async (session) => {
    const query = { listingtype: 'CONTACT_LIST' as const };
    const source = pages(pacedApi(session, signal), '/api/1/list', { params: { query }, signal });
    let isFirst = true;
    try {
      for await (const { items } of source) {
        const rows = items.map(({ id, name, sourceSize, folderName, tsLastModified: at }) => [
          ...[id, name, sourceSize, folderName],
          Number.isFinite(at) ? new Date(Number(at)).toISOString() : '',
        ]);
        const text =
          format === 'csv'
            ? formatRows('csv', headers, rows, isFirst)
            : items.map((item) => `${JSON.stringify(item)}\n`).join('');
        await toStdout(process.stdout.isTTY ? printableLines(text) : text);
        isFirst = false;
      }
    } catch (error) {
      throw networkFailure(error, signal);
    }
    return exits.ok;
  });
}
