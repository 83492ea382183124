// Runs inside workerd, as one bundled script.
import './client.ts';
import type { Attempt } from './client.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    const told: string[] = [];
    for (const each of (await request.json()) as Attempt[]) told.push(await attempt(each));
    return Response.json(told);
  },
};
