import { pages } from '@act-on-token/api';
import { type Exit, exits } from '../exit-codes.ts';
import { networkFailure } from '../network-failure.ts';
import { pacedApi } from '../paced-api.ts';
import { printable } from '../printable.ts';
import { endProgress, showProgress } from '../progress.ts';
import { formatRows, type RecordFormat } from '../record-format.ts';
import { toFile, toTerminalOrPipe } from '../record-output.ts';
import { type AccountOptions, type Environment, readSendingSettings } from '../settings.ts';
import { withSession } from '../with-session.ts';

export interface RecordsOptions extends AccountOptions {
  readonly format: RecordFormat;
  readonly from?: number;
  readonly output?: string;
}

/**
 * Prints all records of a list, a page at a time. If it ends before the last one, however that
 * comes, another run can go on where it was.
 */
export async function records(
  list: string,
  { format, from = 0, output, ...options }: RecordsOptions,
  env: Environment,
  signal: AbortSignal,
): Promise<Exit> {
  const { clientSecret, ...settings } = await readSendingSettings(options, env);
  return withSession(settings, clientSecret, async (session) => {
    const out =
      output === undefined
        ? toTerminalOrPipe(from)
        : await toFile(output, `${format} ${settings.clientId} ${settings.account} ${list}`);
    const init = { params: { path: { listid: list } }, signal };
    let done = out.from;
    try {
      const source = pages(pacedApi(session, signal), '/api/1/list/{listid}', init, { from: done });
      for await (const { items, answer, ...page } of source) {
        await out.write(formatRows(format, answer.headers, items, done === 0), page.done);
        done = page.done;
        showProgress(done, page.total);
      }
      endProgress();
      await out.end();
    } catch (error) {
      endProgress();
      await out.close();
      if (done > 0 && Object(error).code !== 'EPIPE')
        process.stderr.write(
          `act-on-token: ${printable(`${done.toLocaleString('en')} records are written. ${out.remedy(list, done)}`)}\n`,
        );
      throw networkFailure(error, signal);
    }
    return exits.ok;
  });
}
