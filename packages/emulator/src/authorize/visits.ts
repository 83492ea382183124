import type { EmulatedActOn } from '../emulated-act-on.ts';
import { isMediaType } from '../form.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { Refusal } from '../refusal.ts';
import type { Visit } from '../state.ts';
import { newSecret } from '../token/new-token.ts';
import { errorPage } from './pages.ts';

const longestVisit = 600_000;

/**
 * Remembers where a person stands, and gives the anti-CSRF token of the form they are about to see.
 */
export function openVisit(actOn: EmulatedActOn, visit: Visit): string {
  const csrf = newSecret(actOn.random);
  actOn.state.visits.set(csrf, visit);
  return csrf;
}

/**
 * The visit that a submitted form belongs to; it cannot be submitted again. Throws a Refusal if
 * there is none. The token of a consent form is known only to the user who signed in to see it, so no
 * other site can say Yes for them.
 */
export function takeVisit(actOn: EmulatedActOn, received: ReceivedRequest): Visit {
  const isForm = isMediaType(
    received.headers.get('content-type'),
    'application/x-www-form-urlencoded',
  );
  const csrf = isForm ? new URLSearchParams(received.body).get('csrf') : null;
  const visit = actOn.state.visits.get(csrf ?? '');
  actOn.state.visits.delete(csrf ?? '');
  if (!visit || actOn.clock.now() - visit.startedAt >= longestVisit) throw staleForm();
  return visit;
}

export function staleForm(): Refusal {
  return new Refusal('invalid_request', () =>
    errorPage('This page is out of date. Go back to the application and start again.'),
  );
}
