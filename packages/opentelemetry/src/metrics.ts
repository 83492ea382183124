import type { SessionEvent, SessionPool } from '@act-on-token/core';
import { type Attributes, type Meter, metrics } from '@opentelemetry/api';

/**
 * Counts what the sessions of a pool report. No account is an attribute: there may be too many of
 * them, and they are people. Returns the function that stops it.
 *
 * | instrument                   | unit        | attributes             | alarm when                                            |
 * | ---------------------------- | ----------- | ---------------------- | ----------------------------------------------------- |
 * | `act_on.token.refreshes`     | `{refresh}` | `result`, `error.type` | `failed` for longer than a few minutes                |
 * | `act_on.token.grants`        | `{grant}`   |                        | it grows without a deployment: sessions are being lost |
 * | `act_on.token.budget_denied` | `{grant}`   |                        | ever: an account is at its hourly limit               |
 * | `act_on.token.probes`        | `{probe}`   | `result`               | `dead`: a pair was lost                               |
 * | `act_on.token.unsaved`       | `{pair}`    | `lost`                 | `lost` is true                                        |
 * | `act_on.token.store_errors`  | `{error}`   | `error.type`           | it lasts                                              |
 * | `act_on.token.events`        | `{event}`   | `type`                 |                                                       |
 * | `act_on.token.sessions`      | `{session}` |                        |                                                       |
 */
export function measure(
  pool: SessionPool,
  meter: Meter = metrics.getMeter('@act-on-token/core'),
): () => void {
  const count = countersOf(meter);
  const sessions = meter.createObservableGauge('act_on.token.sessions', {
    unit: '{session}',
    description: 'Sessions held in memory.',
  });
  const observe = (result: { observe(value: number): void }): void => result.observe(pool.size);
  sessions.addCallback(observe);
  const stop = pool.on((event) => count(event));
  return () => {
    stop();
    sessions.removeCallback(observe);
  };
}

function countersOf(meter: Meter): (event: SessionEvent) => void {
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(`act_on.token.${name}`, { unit: `{${unit}}`, description });
  const events = counter('events', 'event', 'Everything that sessions report.');
  const refreshes = counter('refreshes', 'refresh', 'Refreshes of this process that ended.');
  const grants = counter(
    'grants',
    'grant',
    'Password and code grants sent: Act-On allows five an hour.',
  );
  const denied = counter(
    'budget_denied',
    'grant',
    'Grants that were not sent because they would have exceeded the limit.',
  );
  const probes = counter(
    'probes',
    'probe',
    'Refresh tokens that were sent once more after an answer got lost.',
  );
  const unsaved = counter('unsaved', 'pair', 'Pairs that the store did not take.');
  const storeErrors = counter('store_errors', 'error', 'Times the store did not respond.');
  return (event) => {
    events.add(1, { type: event.type });
    if (event.type === 'refreshed') refreshes.add(1, { result: 'ok' });
    if (event.type === 'refresh_failed')
      refreshes.add(1, { result: 'failed', ...errorType(event) });
    if (event.type === 'grant_sent') grants.add(1);
    if (event.type === 'grant_budget') denied.add(1);
    if (event.type === 'probed') probes.add(1, { result: event.outcome });
    if (event.type === 'unsaved') unsaved.add(1, { lost: event.lost });
    if (event.type === 'store_failed') storeErrors.add(1, errorType(event));
  };
}

const errorType = ({ error }: { error: { code: string } }): Attributes => ({
  'error.type': error.code,
});
