// Writes each list that an argument names to a CSV file. After a run that was stopped, however that
// was, the next one goes on behind the last page that it noted.
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { createActOnApi, csvLine, pages } from '@act-on-token/api';
import { createCallLimit, perSlot, throttle } from '@act-on-token/throttle';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { session } from './session.ts';

const limit = createCallLimit({ limiter: new RateLimiterMemory(perSlot) });
const api = createActOnApi(throttle(session, limit));
for (const listid of process.argv.slice(2)) {
  const place = `${listid}.place`;
  const noted = await readFile(place, 'utf8').catch(() => '0 0');
  let [from = 0, size = 0] = noted.split(' ').map(Number);
  const file = await open(`${listid}.csv`, 'a');
  await file.truncate(size); // Behind it is what a run could not note any more.
  const init = { params: { path: { listid } } };
  for await (const page of pages(api, '/api/1/list/{listid}', init, { from })) {
    const rows = from === 0 ? [page.answer.headers, ...page.items] : page.items;
    const { bytesWritten } = await file.write(rows.map(csvLine).join(''));
    [from, size] = [page.done, size + bytesWritten];
    await writeFile(`${place}.new`, `${from} ${size}`);
    await rename(`${place}.new`, place); // At once or not at all.
    console.log(`${listid}.csv: ${from} of ${page.total}`);
  }
  await file.close();
}
