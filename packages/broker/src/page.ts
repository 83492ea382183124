import { security } from './answers.ts';
import { shown } from './text.ts';

/** What a person reads when a sign-in did not work. Plain texts: they are escaped here. */
export interface Problem {
  readonly status: number;
  /** What happened. */
  readonly title: string;
  /** Why, and what to do. */
  readonly text: string;
  /** Links, the most useful one first: paths of this origin. */
  readonly links: readonly { readonly label: string; readonly href: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

const style = `:root{color-scheme:light dark;--ink:#1d2430;--quiet:#505b6b;--ground:#f5f6f8;--card:#fff;--line:#d5dae1;--accent:#0b5cad;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf0;--quiet:#aeb7c4;--ground:#14181f;--card:#1d232c;--line:#38414e;--accent:#7ab8ff;--on:#0d1117}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,sans-serif}
main{box-sizing:border-box;width:min(34rem,100% - 2rem);margin:2rem 1rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.3}p{margin:0 0 1.5rem;color:var(--quiet);overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:.75rem}a{padding:.55rem 1.1rem;border:1px solid var(--accent);border-radius:.5rem;color:var(--accent);text-decoration:none}
a:first-child{background:var(--accent);color:var(--on)}a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}`;

/**
 * A page without any script; its style is named by its digest, so that nothing else takes effect,
 * whatever gets into the page.
 */
export async function problemPage({
  status,
  title,
  text,
  links,
  headers,
}: Problem): Promise<Response> {
  const anchors = links.map(({ label, href }) => html`<a href="${href}">${label}</a>`).join('');
  const body = `<main>${html`<h1>${title}</h1><p>${text}</p>`}<nav>${anchors}</nav></main>`;
  return page(status, title, body, headers);
}

/**
 * A link on another site brings no `SameSite=Strict` cookies along. What a person presses on this
 * page does, so nothing goes on without it: a page of ours that went on by itself would turn
 * another site's link into one of the app's own. It says where it leads.
 */
export function onwardPage(href: string, returnTo: string): Promise<Response> {
  const title = 'Sign in to Act-On';
  const text = html`A link on another site opened this page. If you go on, you sign in to Act-On and then open <b>${shown(returnTo, 200)}</b> here.`;
  const body = `<main>${html`<h1>${title}</h1>`}<p>${text}</p>${html`<nav><a href="${href}">Go on</a><a href="/">Open the app</a></nav>`}</main>`;
  return page(200, title, body);
}

/**
 * After a sign-in that began in this app. A redirect would bring the person on from Act-On's site,
 * and browsers send no `SameSite=Strict` cookie with that: a server that renders the next page would
 * see no one. This page goes on by itself, so the next request is one of the app's own.
 */
export function arrivedPage(href: string): Promise<Response> {
  const title = 'You are signed in to Act-On';
  const body = `<main>${html`<h1>${title}</h1><nav><a href="${href}">Go on</a></nav>`}</main>`;
  return page(200, title, body, { refresh: `0;url=${href}` });
}

async function page(
  status: number,
  title: string,
  body: string,
  headers: Problem['headers'] = {},
): Promise<Response> {
  const text = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">${html`<title>${title}</title>`}<style>${style}</style></head>
<body>${body}</body></html>`;
  const policy = `default-src 'none'; style-src '${await styleDigest()}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const all = {
    ...security,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    ...headers,
  };
  return new Response(text, { status, headers: all });
}

let digested: Promise<string> | null = null;

function styleDigest(): Promise<string> {
  digested ??= crypto.subtle
    .digest('SHA-256', new TextEncoder().encode(style))
    .then((bytes) => `sha256-${btoa(String.fromCharCode(...new Uint8Array(bytes)))}`);
  return digested;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of HTML in which every value is text, be it in an element or in a quoted attribute. */
function html(pieces: TemplateStringsArray, ...values: readonly string[]): string {
  const escaped = values.map((value) =>
    value.replace(/[&<>"']/g, (char) => entities[char] ?? char),
  );
  return String.raw({ raw: pieces }, ...escaped);
}
