import { type ActOnTokenErrorCode, isActOnTokenError } from '@act-on-token/core';
import { type Refusal, retryAfter, statusOf } from './answers.ts';
import { UnexpectedAccount } from './exchange.ts';
import type { Problem } from './page.ts';

/** What a person reads, by what went wrong: a title, and what to do. */
type Words = Pick<Problem, 'title' | 'text'>;

const ours: Words = {
  title: 'Signing in did not work',
  text: 'Something is wrong on our side, not with you. Please report it to the operator of this app; its log says more.',
};

const words: Partial<Record<ActOnTokenErrorCode, Words>> = {
  grant_rejected: {
    title: 'Act-On did not accept the sign-in',
    text: 'It may have taken too long, or the page was loaded twice. Please sign in again.',
  },
  rate_limited: {
    title: 'Too many sign-ins',
    text: 'Act-On allows only a few sign-ins an hour. Please wait, then sign in again.',
  },
  grant_budget: {
    title: 'Too many sign-ins',
    text: 'Act-On allows only a few sign-ins an hour. Please wait, then sign in again.',
  },
  outcome_unknown: {
    title: 'Act-On did not answer',
    text: 'It is unknown whether the sign-in took effect. Please try again in a minute.',
  },
  not_sent: { title: 'Act-On cannot be reached', text: 'Please try again in a minute.' },
  store_unavailable: {
    title: 'Please try again in a minute',
    text: 'A part of this app is not there at the moment. Nothing was lost.',
  },
  signed_out: {
    title: 'You were signed out',
    text: 'The account was signed out while you signed in. Please sign in again.',
  },
};

/** Where a person at a sign-in page is told something else than a page that wants a token. */
const statuses: Partial<Record<ActOnTokenErrorCode, number>> = {
  grant_rejected: 400,
  signed_out: 409,
  outcome_unknown: 503,
};

/**
 * The problem behind an error of a sign-in, for a person. `loginUrl` starts it again. Nothing of
 * the error's own text is shown.
 */
export function problemOf(error: unknown, now: number, loginUrl: string, appUrl: string): Problem {
  const links = [
    { label: 'Sign in again', href: loginUrl },
    { label: 'Back to the app', href: appUrl },
  ];
  if (error instanceof UnexpectedAccount) return { ...unexpected, links };
  if (!isActOnTokenError(error)) return { status: 500, ...ours, links: links.slice(1) };
  const status = statuses[error.code] ?? statusOf(error)[0];
  const again =
    error.retryAt === null
      ? ''
      : ` It will work again at ${new Date(error.retryAt).toISOString().slice(11, 16)} UTC.`;
  const { title, text } = words[error.code] ?? ours;
  const headers =
    status === 429 || status === 503 ? { 'retry-after': String(retryAfter(error, now)) } : {};
  return {
    status: words[error.code] === undefined ? 500 : status,
    title,
    text: `${text}${again}`,
    links,
    headers,
  };
}

const unexpected = {
  status: 403,
  title: 'This is another Act-On account',
  text: 'You signed in to Act-On with an account that does not belong here. Sign out at Act-On, then sign in with the right one.',
};

/** A redirect that does not answer a sign-in of this browser. */
export function staleProblem(loginUrl: string, appUrl: string): Problem {
  return {
    status: 400,
    title: 'This sign-in is over',
    text: 'It was finished already, took longer than ten minutes, or began in another browser. If you are not signed in, please start again.',
    links: [
      { label: 'Back to the app', href: appUrl },
      { label: 'Sign in again', href: loginUrl },
    ],
  };
}

/** On a developer's own machine: the cookie of the sign-in did not come back. */
export function noCookies(origin: string): Words {
  return {
    title: 'This browser kept no cookie of the sign-in',
    text: `Over http Safari, like all WebKit browsers, keeps no Secure cookies, not even of this machine: use Chromium or Firefox, or https. In other browsers the sign-in began under another address than ${origin}, or longer than ten minutes ago.`,
  };
}

/** The person pressed No; or Act-On sent another error along. */
export function deniedProblem(isNo: boolean, loginUrl: string, appUrl: string): Problem {
  const links = [
    { label: 'Back to the app', href: appUrl },
    { label: 'Sign in again', href: loginUrl },
  ];
  return isNo ? { status: 403, ...saidNo, links } : { status: 502, ...actOnFailed, links };
}

const saidNo: Words = {
  title: 'You did not allow access',
  text: 'This app may not use your Act-On account, because access was not allowed at Act-On. Nothing was changed.',
};

const actOnFailed: Words = {
  title: 'Act-On could not sign you in',
  text: 'Act-On reported a problem of its own. Nothing was changed. Please try again in a minute.',
};

/** A navigation that was refused before anything was done. */
export function refusedProblem({ status, message, headers }: Refusal, appUrl: string): Problem {
  return {
    status,
    title: 'This does not work',
    text: message,
    links: [{ label: 'Open the app', href: appUrl }],
    headers,
  };
}
