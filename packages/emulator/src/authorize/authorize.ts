import type { Arrival } from '../arrival.ts';
import { answering } from '../refusal.ts';
import { newSecret } from '../token/new-token.ts';
import { findUser } from '../token/password-grant.ts';
import type { World } from '../world.ts';
import { redirectTo } from './answers.ts';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.ts';
import { consentPage, signInPage } from './pages.ts';
import { openVisit, staleForm, takeVisit } from './visits.ts';

/** GET /authorize */
export function startAuthorization(world: World, arrival: Arrival): Response {
  return answering(arrival, () => {
    const request = readAuthorizationRequest(world, arrival);
    const user = world.switches.autoConsent;
    if (user !== null) return sendCode(world, request, user);
    return signInPage(
      openVisit(world, { ...request, startedAt: world.clock.now(), user: null }),
      null,
    );
  });
}

/** POST /authorize/login */
export function signIn(world: World, arrival: Arrival): Response {
  return answering(arrival, () => {
    const visit = takeVisit(world, arrival);
    const form = new URLSearchParams(arrival.body);
    const user = findUser(world, form.get('username') ?? '', form.get('password') ?? '');
    if (!user) return signInPage(openVisit(world, visit), 'Wrong email or password.');
    return consentPage(
      openVisit(world, { ...visit, user: user.username }),
      visit.client,
      user.username,
    );
  });
}

/** POST /authorize/consent */
export function decideConsent(world: World, arrival: Arrival): Response {
  return answering(arrival, () => {
    const visit = takeVisit(world, arrival);
    if (visit.user === null) throw staleForm();
    if (new URLSearchParams(arrival.body).get('consent') === 'yes')
      return sendCode(world, visit, visit.user);
    arrival.note.error = 'access_denied';
    const denial = { error: 'access_denied', error_description: 'The user said No.' };
    return redirectTo(world, visit.redirectUri, { ...denial, ...stateOf(visit) });
  });
}

function sendCode(
  world: World,
  { client, redirectUri, state, challenge }: AuthorizationRequest,
  user: string,
): Response {
  const code = newSecret(world.random);
  world.state.codes.set(code, {
    client,
    user,
    redirectUri,
    challenge,
    issuedAt: world.clock.now(),
    family: null,
  });
  return redirectTo(world, redirectUri, { code, ...stateOf({ state }) });
}

function stateOf({ state }: Pick<AuthorizationRequest, 'state'>): { state?: string } {
  return state === null ? {} : { state };
}
