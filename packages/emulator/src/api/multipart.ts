import type { ReceivedRequest } from '../received-request.ts';

/** The text fields of a multipart body, files as text; `null` if the body is not one. */
export async function readMultipart({
  headers,
  body,
}: ReceivedRequest): Promise<ReadonlyMap<string, string> | null> {
  const type = headers.get('content-type') ?? '';
  try {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const fields = [...form].map(
      async ([name, value]) =>
        [name, typeof value === 'string' ? value : await value.text()] as const,
    );
    return new Map(await Promise.all(fields));
  } catch {
    return null;
  }
}
