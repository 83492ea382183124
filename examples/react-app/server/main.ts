// The app, its broker and a local Act-On in one process, until Ctrl-C.
import { fileURLToPath } from 'node:url';
import { buildApp } from './build-app.ts';
import { serveDemo } from './demo-server.ts';

const folder = fileURLToPath(new URL('../dist', import.meta.url));
await buildApp(folder);
const demo = await serveDemo(folder);
const { username, password } = demo.actOn.user;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void demo.close().then(() => process.exit()));
}
console.log(`
  The app      ${demo.url}
  Act-On       ${demo.actOn.url}  (an emulator)
  Sign in as   ${username}
  Password     ${password}

  Open it in two windows side by side. Ctrl-C ends all of it.
`);
