// Runs in each runtime, as one bundled script: one token request for each errand, all at once.
import { actOnEndpoint } from '@act-on-token/core';

export interface Errand {
  readonly url: string;
  readonly addresses?: readonly string[];
  /** Milliseconds after which the request is given up. */
  readonly patience: number;
}

/** What the library concluded, in words fit for a table. */
export interface Conclusion {
  readonly type: string;
  readonly detail: string;
}

type Lookup = (
  host: string,
  options: object,
  done: (error: null, addresses: { address: string; family: number }[]) => void,
) => void;
interface Runtime {
  argv: string[];
  getBuiltinModule?(name: string): { lookup: Lookup };
}

const { process } = globalThis as unknown as { process: Runtime };
const errands = JSON.parse(process.argv[2] ?? '[]') as Errand[];
const known = new Map(
  errands.flatMap(({ url, addresses }) =>
    addresses ? [[new URL(url).hostname, addresses] as const] : [],
  ),
);
if (known.size > 0) resolveByHand();

const outcomes = await Promise.all(errands.map(send));
console.log(JSON.stringify(outcomes));

async function send({ url, patience }: Errand): Promise<Conclusion> {
  const endpoint = actOnEndpoint({ clientId: 'client-1', clientSecret: 'secret-1', baseUrl: url });
  const outcome = await endpoint.send(
    { type: 'refresh_token', refreshToken: 'refresh-1' },
    AbortSignal.timeout(patience),
  );
  return { type: outcome.type, detail: 'detail' in outcome ? outcome.detail : '' };
}

/** Node looks the function up at each connection. */
function resolveByHand(): void {
  const dns = process.getBuiltinModule?.('node:dns');
  if (dns === undefined) throw new Error('This runtime does not let a test look names up.');
  const { lookup } = dns;
  dns.lookup = (host, options, done) => {
    const addresses = known.get(host);
    if (addresses === undefined) lookup(host, options, done);
    else
      done(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
  };
}
