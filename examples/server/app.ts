import { isActOnTokenError, type SessionPool } from '@act-on-token/core';
import { Hono } from 'hono';

export interface AppOptions {
  readonly pool: SessionPool;
  /**
   * Whether this server has credentials for an account. Others do not get a session: a stranger's
   * name must not fill the memory.
   */
  readonly isKnown: (account: string) => boolean;
  /** Resolves if Redis answers. */
  readonly ping: () => Promise<unknown>;
}

export function createApp({ pool, isKnown, ping }: AppOptions): Hono {
  const app = new Hono();

  app.get('/accounts/:account/lists', async (context) => {
    const account = context.req.param('account');
    if (!isKnown(account)) return context.json({ error: 'There is no such account.' }, 404);
    const response = await pool
      .get(account)
      .fetch('/api/1/list', { signal: context.req.raw.signal });
    if (!response.ok) return context.json({ error: `Act-On answered ${response.status}.` }, 502);
    const { totalCount } = (await response.json()) as { totalCount: number };
    return context.json({ account, totalCount, worker: process.pid });
  });

  // Alive: this process answers. Ready: it can do its work. A token endpoint that is down is no
  // reason to restart anything.
  app.get('/healthz', (context) => context.text('ok'));
  app.get('/readyz', async (context) => {
    const isReady = await ping().then(
      () => true,
      () => false,
    );
    return context.json({ redis: isReady, sessions: pool.size }, isReady ? 200 : 503);
  });

  app.onError((error, context) => {
    if (!isActOnTokenError(error)) throw error;
    // The message is made to be shown: it names what is wrong and what to do, and never a secret.
    const seconds =
      error.retryAt === null ? null : Math.max(1, Math.ceil((error.retryAt - Date.now()) / 1000));
    if (seconds !== null) context.header('Retry-After', String(seconds));
    return context.json({ error: error.message, code: error.code }, 503);
  });

  return app;
}
