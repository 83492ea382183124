/** What the browser shows in the end. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

export const pages = {
  signedIn: {
    status: 200,
    title: 'Signed in',
    text: 'You are signed in to Act-On. Close this page and go back to the terminal.',
  },
  failed: {
    status: 400,
    title: 'The sign-in did not work',
    text: 'The terminal says why. Close this page.',
  },
  used: {
    status: 409,
    title: 'This was used already',
    text: 'One sign-in takes one answer. Close this page; the terminal says more.',
  },
  strange: {
    status: 400,
    title: 'This is not for here',
    text: 'A sign-in waits here, and this does not answer it. Follow the address in the terminal.',
  },
  unknown: {
    status: 404,
    title: 'There is nothing here',
    text: 'A sign-in waits at another address of this server.',
  },
} as const satisfies Record<string, Page>;

const style =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}';
/** The code leaves the address bar, and with it the history of the browser. */
const script = "history.replaceState(null, '', location.pathname)";

/** Nothing in a page comes from a request. */
export function htmlOf({ title, text }: Page, nonce: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style nonce="${nonce}">${style}</style><script nonce="${nonce}">${script}</script></head>
<body><h1>${title}</h1><p>${text}</p></body></html>
`;
}

export function headersOf(nonce: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  };
}
