import { request } from 'node:http';

// A person at a browser: opens the app's sign-in, says who they are and yes at Act-On, comes back,
// and counts the lists.
const [origin] = process.argv.slice(2);
const jar = new Map();

/** Not `fetch`: it says of itself that it is a script, and a sign-in is for people who navigate. */
function open(url, { method = 'GET', headers = {}, body = '' } = {}) {
  const isApp = new URL(url).origin === origin;
  const prefix = isApp ? 'app ' : 'act-on ';
  const cookie = [...jar]
    .flatMap(([key, value]) =>
      key.startsWith(prefix) ? `${key.slice(prefix.length)}=${value}` : [],
    )
    .join('; ');
  const form =
    body === ''
      ? {}
      : {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
        };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...(cookie && { cookie }), ...form, ...headers } },
      async (response) => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
          jar.set(`${prefix}${name}`, value);
        }
        let text = '';
        for await (const part of response.setEncoding('utf8')) text += part;
        resolve({ url, status: response.statusCode, location: response.headers.location, text });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

async function follow(url, init) {
  let response = await open(url, init);
  for (let steps = 0; steps < 10; steps += 1) {
    const refresh = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(response.text)?.[1];
    const next = response.location ?? refresh?.replaceAll('&amp;', '&');
    if (next === undefined) return response;
    const target = new URL(next, response.url).href;
    if (target === `${origin}/`) return { url: target, status: 200, text: '' };
    response = await open(target);
  }
  throw new Error('too many redirects');
}

function submit({ url, text }, fields) {
  const hidden = [...text.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)].map(
    ([, name, value]) => [name, value],
  );
  const [, action = ''] = /<form[^>]*action="([^"]*)"/.exec(text) ?? [];
  const body = new URLSearchParams([...hidden, ...Object.entries(fields)]).toString();
  return follow(new URL(action, url).href, { method: 'POST', body });
}

const { ACT_ON_USERNAME: username, ACT_ON_PASSWORD: password } = process.env;
let page = await follow(`${origin}/auth/login?returnTo=/`);
for (let at = 0; at < 3 && page.text.includes('<form'); at += 1) {
  page = await submit(
    page,
    page.text.includes('type="password"') ? { username, password } : { consent: 'yes' },
  );
}
const lists = await open(`${origin}/auth/api/api/1/list?listingtype=CONTACT_LIST`, {
  headers: { 'x-act-on-broker': '1' },
});
if (!lists.text.includes('"totalCount":3'))
  throw new Error(`${page.url} ${page.status} ${page.text}\n${lists.status} ${lists.text}`);
console.log('a person signed in, and their page counted 3 lists');
