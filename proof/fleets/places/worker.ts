// A Worker in front of the objects, for processes outside of workerd.
import { ActOnAccount } from '@act-on-token/cloudflare';

export { ActOnAccount };

interface Env {
  readonly ACCOUNTS: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request): Promise<Response> };
  };
}

export default {
  fetch: (request: Request, { ACCOUNTS }: Env): Promise<Response> =>
    ACCOUNTS.get(ACCOUNTS.idFromName(new URL(request.url).pathname)).fetch(request),
};
