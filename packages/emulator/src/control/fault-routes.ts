import { type Context, Hono } from 'hono';
import { answer, done, problem, readCount, readObject } from './answers.ts';
import type { NumberedFault, NumberedFaults } from './armed-faults.ts';

/** Arming over HTTP: `faults.arm` and what it returns, by number. */
export function createFaultRoutes(faults: NumberedFaults): Hono {
  const app = new Hono();
  const to =
    (handle: (fault: NumberedFault, context: Context) => Response | Promise<Response>) =>
    (context: Context) => {
      const fault = faults.find(context.req.param('id') ?? '');
      if (fault === 'gone') return gone();
      return fault ? handle(fault, context) : problem(404, 'there is no such fault');
    };
  app.get('/', () => answer(faults.all().map((fault) => fault.view())));
  app.post('/', async ({ req }) => answer(faults.arm(await readObject(req)).view(), 201));
  app.delete('/', () => {
    faults.clear();
    return done();
  });
  app.get(
    '/:id',
    to((fault) => answer(fault.view())),
  );
  app.get(
    '/:id/reached',
    to(async (fault, { req }) => {
      const wasReached = await fault.reached(readCount(req, 'count', 1));
      return wasReached ? answer(fault.view()) : gone();
    }),
  );
  app.post(
    '/:id/release',
    to((fault) => {
      fault.release();
      return answer(fault.view());
    }),
  );
  app.delete(
    '/:id',
    to((fault) => {
      fault.disarm();
      return done();
    }),
  );
  return app;
}

function gone(): Response {
  return problem(410, 'the fault was disarmed');
}
