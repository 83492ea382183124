import { generate } from 'selfsigned';

/** A key and its certificate, as `tls.createServer` takes them. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  /** The authority that clients are told to trust. */
  readonly authority: string;
  readonly good: Certificate;
  readonly ofAnotherHost: Certificate;
  readonly expired: Certificate;
  readonly ofNoAuthority: Certificate;
  /** Of a client that shows who it is, to a server that trusts the authority. */
  readonly ofClient: Certificate;
}

const aDay = 86_400_000;

/** Certificates for this machine, made for one run. */
export async function makeCertificates(now = Date.now()): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Authority of the tests' }], {
    ...options(now),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const sign = async (name: string, at = now, by: typeof ca | null = ca): Promise<Certificate> => {
    const made = await generate([{ name: 'commonName', value: name }], {
      ...options(at),
      ...(by && { ca: by }),
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
      ],
    });
    return { key: made.private, cert: made.cert };
  };
  return {
    authority: authority.cert,
    good: await sign('localhost'),
    ofAnotherHost: await sign('elsewhere.test'),
    expired: await sign('localhost', now - 100 * aDay),
    ofNoAuthority: await sign('localhost', now, null),
    ofClient: await sign('client of the tests'),
  };
}

function options(now: number) {
  const [notBeforeDate, notAfterDate] = [new Date(now - aDay), new Date(now + 30 * aDay)];
  return { keyType: 'ec', algorithm: 'sha256', notBeforeDate, notAfterDate } as const;
}
