// Another process, for the test: raises a counter in a database by one, again and again.
import { sqliteStore } from './sqlite-store.ts';

const [file = '', times] = process.argv.slice(2);
const store = sqliteStore({ file });
let { record } = await store.read('counter');
for (let raised = 0; raised < Number(times); ) {
  const next = { version: crypto.randomUUID(), value: String(Number(record?.value ?? 0) + 1) };
  const expected = record?.version ?? null;
  const answer = await patiently(() => store.swap('counter', expected, next));
  if (answer.ok) raised += 1;
  record = answer.record;
}
await store.close();

/**
 * Where others held the lock for too long: once more, as a session does it. The same swap cannot
 * win twice.
 */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await call().catch((error) =>
      error.errcode === 5 ? null : Promise.reject(error),
    );
    if (answer !== null) return answer;
  }
}
