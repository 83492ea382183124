import {
  type ActionFunctionArgs,
  data,
  Form,
  type HeadersFunction,
  type LoaderFunctionArgs,
  useActionData,
  useLoaderData,
} from 'react-router';
import { broker } from '../broker.server.ts';

interface List {
  readonly id: string;
  readonly name: string;
}

/** Sends `headers` on: they carry the renewed cookie, if there is one. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { session, headers, loginUrl } = await broker.session(request);
  if (session === null) return data({ lists: null, loginUrl: loginUrl('/') }, { headers });
  const answer = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
  if (!answer.ok) throw new Response(`Act-On answered ${answer.status}.`, { status: 502 });
  const { result } = (await answer.json()) as { result: readonly List[] };
  return data({ lists: result.map(({ id, name }) => ({ id, name })), loginUrl: '' }, { headers });
}

/** Adds a contact to a list. */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  const { session, headers } = await broker.session(request);
  if (session === null) return data('Sign in first.', { status: 401, headers });
  const answer = await session.fetch(
    `/api/1/list/${encodeURIComponent(text(form, 'list'))}/record`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ 'E-mail Address': text(form, 'email') }),
    },
  );
  return data(answer.ok ? 'Added.' : `Act-On answered ${answer.status}.`, { headers });
}

const text = (form: FormData, name: string): string => String(form.get(name) ?? '');

/** For whole pages: React Router itself passes on cookies, but not that no cache keeps them. */
export const headers: HeadersFunction = ({ loaderHeaders, actionHeaders }) => {
  const control = loaderHeaders.get('cache-control') ?? actionHeaders.get('cache-control');
  return control === null ? new Headers() : { 'cache-control': control };
};

export default function Lists() {
  const { lists, loginUrl } = useLoaderData<typeof loader>();
  const said = useActionData<typeof action>();
  // A whole navigation: the sign-in is not a route of the page.
  if (lists === null) return <a href={loginUrl}>Sign in with Act-On</a>;
  return (
    <>
      <ul>
        {lists.map(({ id, name }) => (
          <li key={id}>
            {name}
            <Form method="post">
              <input type="hidden" name="list" value={id} />
              <input type="email" name="email" aria-label={`E-mail address for ${name}`} required />
              <button type="submit">Add to {name}</button>
            </Form>
          </li>
        ))}
      </ul>
      <p role="status">{said}</p>
      <Form method="post" action="/sign-out">
        <button type="submit">Sign out</button>
      </Form>
    </>
  );
}
