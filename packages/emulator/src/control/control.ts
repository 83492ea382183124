import { Hono } from 'hono';
import { check, finite, type Members } from '../check.ts';
import type { EmulatorClock } from '../clock.ts';
import type { Emulator } from '../emulator.ts';
import type { Revocation } from '../revoke.ts';
import { answer, done, problem, readCount, readObject } from './answers.ts';
import { createNumberedFaults } from './armed-faults.ts';
import { createFaultRoutes } from './fault-routes.ts';
import { createGuard, type Guard } from './who-may.ts';

const base = '/__emulator';

/**
 * Answers requests that control the emulator, and `null` to all others. They are in no ledger and
 * meet no fault.
 */
export type Control = (request: Request) => Promise<Response> | null;

/**
 * Lets a test in another process do what one in this process does with the emulator itself.
 * `hostname` is what the emulator listens on, and a name by which it may be controlled.
 */
export function createControl(emulator: Emulator, hostname: string): Control {
  const app = createControlApp(emulator, createGuard(hostname));
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== base && !pathname.startsWith(`${base}/`)) return null;
    return Promise.resolve(app.fetch(request));
  };
}

function createControlApp(emulator: Emulator, whyRefused: Guard): Hono {
  const { profile, client, user, clock, ledger } = emulator;
  const faults = createNumberedFaults(emulator.faults);
  const app = new Hono({ strict: false }).basePath(base);
  app.use(async ({ req }, next) => {
    const reason = whyRefused(req.raw);
    return reason === null ? next() : problem(403, reason);
  });
  app.get('/', () => answer({ profile, client, user, now: clock.now() }));
  app.get('/ledger', ({ req }) => {
    const after = readCount(req, 'after', 0);
    return answer({
      entries: ledger.entries.filter((entry) => entry.number > after),
      counters: ledger.counters(),
    });
  });
  app.route('/faults', createFaultRoutes(faults));
  addSettings(app, emulator);
  app.post('/reset', () => {
    faults.clear();
    emulator.reset();
    return done();
  });
  app.notFound(() => problem(404, 'there is nothing here to control'));
  app.onError((error) =>
    error instanceof TypeError ? problem(400, error.message) : problem(500, error.message),
  );
  return app;
}

function addSettings(app: Hono, emulator: Emulator): void {
  app.get('/clock', () => answer({ now: emulator.clock.now() }));
  app.post('/clock', async ({ req }) => {
    moveClock(emulator.clock, await readObject(req));
    return answer({ now: emulator.clock.now() });
  });
  app.get('/switches', () => answer(emulator.switches()));
  app.patch('/switches', async ({ req }) => {
    emulator.configure(await readObject(req));
    return answer(emulator.switches());
  });
  app.get('/state', () => answer(emulator.exportState()));
  app.post('/revoke', async ({ req }) => {
    return takeBack(emulator, await readObject(req));
  });
}

function moveClock(clock: EmulatorClock, { advance, now }: Members): void {
  if (now === undefined) {
    check('advance', advance, finite);
    clock.advance(Number(advance));
    return;
  }
  if (advance !== undefined) throw new TypeError('a clock takes "advance" or "now", not both');
  check('now', now, finite);
  clock.advance(Number(now) - clock.now());
}

function takeBack(emulator: Emulator, what: Members): Response {
  try {
    emulator.revoke(what as unknown as Revocation);
    return done();
  } catch (error) {
    if (error instanceof TypeError || !(error instanceof Error)) throw error;
    return problem(404, error.message);
  }
}
