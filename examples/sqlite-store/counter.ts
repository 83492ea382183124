// Another process, for the test: raises a counter in a database by one, again and again.
import { sqliteStore } from './sqlite-store.ts';

const [file = '', times] = process.argv.slice(2);
const store = sqliteStore({ file });
let { record } = await store.read('counter');
for (let raised = 0; raised < Number(times); ) {
  const next = { version: crypto.randomUUID(), value: String(Number(record?.value ?? 0) + 1) };
  const answer = await store.swap('counter', record?.version ?? null, next);
  if (answer.ok) raised += 1;
  record = answer.record;
}
await store.close();
