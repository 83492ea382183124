import { broker } from '../../server/broker';

/** The person's lists as a file. */
export async function GET(request: Request): Promise<Response> {
  const { session, headers, loginUrl } = await broker().session(request);
  if (session === null)
    return new Response(null, { status: 303, headers: { location: loginUrl('/lists.csv') } });
  const response = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
  if (!response.ok) return new Response(`Act-On answered ${response.status}.`, { status: 502 });
  const { result } = (await response.json()) as { result: { id: string; name: string }[] };
  headers.set('content-type', 'text/csv; charset=utf-8');
  return new Response(result.map(({ id, name }) => `${quoted(id)},${quoted(name)}\n`).join(''), {
    headers,
  });
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
