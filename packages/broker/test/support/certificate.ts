import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/**
 * A key and a certificate that it signed itself, for these host names and a day: browsers are told
 * not to mind.
 */
export function selfSigned(names: readonly string[]): {
  readonly key: string;
  readonly cert: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, oid(1, 2, 840, 10045, 4, 3, 2));
  const name = der(
    0x30,
    der(0x31, der(0x30, oid(2, 5, 4, 3), der(0x0c, Buffer.from(names[0] ?? '')))),
  );
  const day = 86_400_000;
  const validity = der(0x30, time(Date.now() - day), time(Date.now() + day));
  const alternatives = der(0x30, ...names.map((each) => der(0x82, Buffer.from(each))));
  const extensions = der(0xa3, der(0x30, der(0x30, oid(2, 5, 29, 17), der(0x04, alternatives))));
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const unsigned = der(0x30, version, serial, algorithm, name, validity, name, key, extensions);
  const signature = der(
    0x03,
    Buffer.from([0]),
    sign('sha256', unsigned, createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
  );
  const lines = der(0x30, unsigned, algorithm, signature)
    .toString('base64')
    .replace(/.{64}/g, '$&\n');
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** Tag, length, value (X.690). */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function oid(first: number, second: number, ...rest: readonly number[]): Buffer {
  const seven = (number: number): number[] =>
    number < 128 ? [number] : [...seven(number >> 7).map((each) => each | 128), number & 127];
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(seven)]));
}

function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}
