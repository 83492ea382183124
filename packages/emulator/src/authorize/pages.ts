import { pageHeaders } from './answers.ts';

/** Asks who the user is. `note` says what was wrong with the last try. */
export function signInPage(csrf: string, note: string | null): Response {
  const warning = note === null ? '' : html`<p role="alert">${note}</p>`;
  return page(note === null ? 200 : 403, 'Sign in to Act-On', `${warning}${signInForm(csrf)}`);
}

/** Asks whether the application may act for the user. */
export function consentPage(csrf: string, client: string, user: string): Response {
  const question = html`<p>You are signed in as <b>${user}</b>. May <b>${client}</b> use your Act-On account?</p>`;
  const form = html`<form method="post" action="/authorize/consent">
<input type="hidden" name="csrf" value="${csrf}">
<button name="consent" value="yes">Yes</button>
<button name="consent" value="no">No</button>
</form>`;
  return page(200, 'Authorize App', `${question}${form}`);
}

export function errorPage(message: string): Response {
  return page(400, 'This did not work', html`<p role="alert">${message}</p>`);
}

function signInForm(csrf: string): string {
  return html`<form method="post" action="/authorize/login">
<input type="hidden" name="csrf" value="${csrf}">
<label>User name <input name="username" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>`;
}

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem}
label{display:block;margin:.75rem 0}input{display:block;width:100%;font:inherit;padding:.25rem}button{font:inherit;padding:.25rem 1rem}
[role=alert]{color:#a00}footer{margin-top:2rem;color:#666}`;

function page(status: number, title: string, body: string): Response {
  const text = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head>
<body><h1>${title}</h1>${body}<footer>This is a local Act-On emulator.</footer></body></html>`;
  return new Response(text, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...pageHeaders },
  });
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of HTML in which every value is text, be it in an element or in a quoted attribute. */
export function html(pieces: TemplateStringsArray, ...values: readonly string[]): string {
  const escaped = values.map((value) =>
    value.replace(/[&<>"']/g, (char) => entities[char] ?? char),
  );
  return String.raw({ raw: pieces }, ...escaped);
}
