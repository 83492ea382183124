// Starts the app that `next build` made, against a local Act-On, and prints what its page and its
// broker answer.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { serveEmulator } from '@act-on-token/emulator';

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const origin = `http://localhost:${port}`;
const actOn = await serveEmulator({ redirectUris: [`${origin}/auth/callback`] });
const settings = {
  ACT_ON_BASE_URL: actOn.url,
  ACT_ON_CLIENT_ID: actOn.client.id,
  ACT_ON_CLIENT_SECRET: actOn.client.secret,
  ACT_ON_STORE: '.act-on',
  APP_URL: origin,
  SESSION_SECRET: 'a secret of thirty-two characters',
};
const app = spawn(
  process.execPath,
  ['node_modules/next/dist/bin/next', 'start', '--port', `${port}`],
  {
    env: { ...process.env, ...settings },
    stdio: 'ignore',
  },
);
try {
  const page = await reach(`${origin}/`);
  const session = await fetch(`${origin}/auth/session`, { headers: { 'x-act-on-broker': '1' } });
  console.log(page.status, session.status);
} finally {
  app.kill();
  await actOn.close();
}

async function reach(url) {
  for (let left = 300; ; left -= 1) {
    try {
      return await fetch(url);
    } catch (error) {
      if (left === 0) throw error;
      await wait(200);
    }
  }
}
