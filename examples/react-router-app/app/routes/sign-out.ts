import { type ActionFunctionArgs, redirect } from 'react-router';
import { broker } from '../broker.server.ts';

export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const { session, headers } = await broker.session(request);
  await session?.signOut();
  return redirect('/', { headers });
}
