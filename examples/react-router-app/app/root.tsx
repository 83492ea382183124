import { data, type LoaderFunctionArgs, Meta, Outlet, Scripts, useLoaderData } from 'react-router';
import { broker } from './broker.server.ts';

/** Runs beside the loader of the page; both may find that the cookie is due, and send one on. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { account, headers } = await broker.session(request);
  return data(account?.name ?? null, { headers });
}

export default function App() {
  const name = useLoaderData<typeof loader>();
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <title>Contact lists</title>
        <link rel="icon" href="data:," />
        <Meta />
      </head>
      <body>
        <main>
          <h1>Contact lists</h1>
          {name !== null && <p id="name">Signed in as {name}</p>}
          <Outlet />
        </main>
        <Scripts />
      </body>
    </html>
  );
}
