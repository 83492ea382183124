// One Act-On account, four processes, and a SQLite database between them. Run it with `node
// main.ts`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { serveEmulator } from '@act-on-token/emulator';
import { startProcesses } from './processes.ts';
import { sqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'act-on-sqlite-'));
const file = join(folder, 'tokens.db');
const actOn = await serveEmulator();
const endpoint = actOnEndpoint({
  clientId: actOn.client.id,
  clientSecret: actOn.client.secret,
  baseUrl: actOn.url,
});

// A clock that is two hours slow: for everybody else the token has lapsed when it is issued, so
// somebody must refresh it.
const store = sqliteStore({ file, now: () => Date.now() - 7_200_000 });
const session = createSession({ endpoint, account: actOn.user.username, store });
await session.authorize({ type: 'password', ...actOn.user });
await session.close();
await store.close();
console.log('One process signed in, two hours ago by its clock, and is gone.');

const processes = startProcesses(4, file, actOn);
const tokens = await processes.ask(100);
const exitCodes = await processes.end();

const { grants, concurrentTokenRequests } = actOn.ledger.counters();
console.log(
  `4 other processes, 100 callers each: ${tokens.length} answers, ${new Set(tokens).size} token`,
);
console.log(
  `password grants: ${grants.password.sent}, refreshes: ${grants.refresh_token.sent}, at once: ${concurrentTokenRequests.peak}`,
);
console.log(`all ended by themselves: ${exitCodes.every((code) => code === 0)}`);

await actOn.close();
rmSync(folder, { recursive: true });
