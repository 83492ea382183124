import type { EmulatedActOn } from '../emulated-act-on.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { answering } from '../refusal.ts';
import { newSecret } from '../token/new-token.ts';
import { findUser } from '../token/password-grant.ts';
import { redirectTo } from './answers.ts';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.ts';
import { consentPage, signInPage } from './pages.ts';
import { openVisit, staleForm, takeVisit } from './visits.ts';

/** GET /authorize */
export function startAuthorization(actOn: EmulatedActOn, received: ReceivedRequest): Response {
  return answering(received, () => {
    const request = readAuthorizationRequest(actOn, received);
    const user = actOn.switches.autoConsent;
    if (user !== null) return sendCode(actOn, request, user);
    return signInPage(
      openVisit(actOn, { ...request, startedAt: actOn.clock.now(), user: null }),
      null,
    );
  });
}

/** POST /authorize/login */
export function signIn(actOn: EmulatedActOn, received: ReceivedRequest): Response {
  return answering(received, () => {
    const visit = takeVisit(actOn, received);
    const form = new URLSearchParams(received.body);
    const user = findUser(actOn, form.get('username') ?? '', form.get('password') ?? '');
    if (!user) return signInPage(openVisit(actOn, visit), 'Wrong email or password.');
    return consentPage(
      openVisit(actOn, { ...visit, user: user.username }),
      visit.client,
      user.username,
    );
  });
}

/** POST /authorize/consent */
export function decideConsent(actOn: EmulatedActOn, received: ReceivedRequest): Response {
  return answering(received, () => {
    const visit = takeVisit(actOn, received);
    if (visit.user === null) throw staleForm();
    if (new URLSearchParams(received.body).get('consent') === 'yes')
      return sendCode(actOn, visit, visit.user);
    received.note.error = 'access_denied';
    const denial = { error: 'access_denied', error_description: 'The user said No.' };
    return redirectTo(actOn, visit.redirectUri, { ...denial, ...stateOf(visit) });
  });
}

function sendCode(
  actOn: EmulatedActOn,
  { client, redirectUri, state, challenge }: AuthorizationRequest,
  user: string,
): Response {
  const code = newSecret(actOn.random);
  actOn.state.codes.set(code, {
    client,
    user,
    redirectUri,
    challenge,
    issuedAt: actOn.clock.now(),
    family: null,
  });
  return redirectTo(actOn, redirectUri, { code, ...stateOf({ state }) });
}

function stateOf({ state }: Pick<AuthorizationRequest, 'state'>): { state?: string } {
  return state === null ? {} : { state };
}
