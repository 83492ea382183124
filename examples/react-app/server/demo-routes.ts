import type { LedgerEntry, ServedEmulator } from '@act-on-token/emulator';
import { Hono } from 'hono';
import type { SkippableClock } from '../../quick-start/skippable-clock.ts';
import type { LogEntry } from '../src/log-entry.ts';
import { tokenLifetime } from './act-on.ts';

/** How many of the last requests the page shows. */
const shown = 8;

/**
 * What makes the demo a demo: time that can be skipped, and replies that get lost. No app has such
 * routes.
 */
export function demoRoutes({ user, faults, ledger }: ServedEmulator, clock: SkippableClock): Hono {
  const routes = new Hono();
  const expire = (): void => clock.skip(tokenLifetime * 1000);

  // A page of another origin cannot make a browser send this.
  routes.use(async (context, next) => {
    if (context.req.header('sec-fetch-site') !== 'same-origin')
      return context.text('For the demo page only.', 403);
    context.header('cache-control', 'no-store');
    return next();
  });
  routes.get('/person', (context) => context.json(user));
  routes.get('/log', (context) =>
    context.json(ledger.entries.slice(-shown).reverse().map(toLogEntry)),
  );
  routes.post('/expire', (context) => {
    expire();
    return context.body(null, 204);
  });
  routes.post('/lose-reply', (context) => {
    faults.arm({ route: 'token', grantType: 'refresh_token', kind: 'drop_after' });
    expire();
    return context.body(null, 204);
  });
  routes.post('/skip', (context) => {
    clock.skip(31_000);
    return context.body(null, 204);
  });
  return routes;
}

/** Labels such as `refresh_token 2` stand for tokens: there is none in the ledger. */
function toLogEntry({ number, method, path, token, ...entry }: LedgerEntry): LogEntry {
  return { number, request: `${method} ${path.split('?')[0]}`, token, outcome: outcomeOf(entry) };
}

function outcomeOf({ outcome, status, granted, replayed, error }: Partial<LedgerEntry>): string {
  if (outcome === 'open') return 'under way';
  if (outcome === 'dropped') return granted ? 'new pair, but the reply was lost' : 'no reply';
  const result = granted ? 'new pair' : (error ?? (status === 200 ? 'ok' : ''));
  return `${status} ${result}${replayed ? ', asked once more' : ''}`;
}
