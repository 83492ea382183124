import { describe, expect, it } from 'vitest';
import { isActOnTokenError } from '../../src/errors.ts';
import { type ActOnEndpointOptions, actOnEndpoint, type Region } from '../../src/wire/endpoint.ts';

const client = { clientId: 'client-1', clientSecret: 'secret-canary' };

/** The message of the configuration error that these options cause. */
function faultOf(options: Partial<ActOnEndpointOptions>): string {
  try {
    actOnEndpoint({ ...client, ...options });
  } catch (error) {
    if (isActOnTokenError(error, 'configuration')) return error.message;
    throw error;
  }
  return 'none';
}

/**
 * What JavaScript, or an environment variable that is not set, passes where TypeScript would not.
 */
const untyped = <T>(value: unknown): T => value as T;

describe('an endpoint is not made with', () => {
  const noText = [undefined, null, '', ' ', '\t\n', 7, {}];

  it.each(noText)('the client id %j', (clientId) => {
    expect(faultOf({ clientId: untyped(clientId) })).toMatch(/^"clientId" must/);
  });

  it.each(noText)('the client secret %j', (clientSecret) => {
    expect(faultOf({ clientSecret: untyped(clientSecret) })).toMatch(/^"clientSecret" must/);
  });

  it.each(['', 'US', 'mars', 'constructor', '__proto__', null, 7])('the region %j', (region) => {
    expect(faultOf({ region: untyped<Region>(region) })).toMatch(/^"region" must be "us" or "eu"/);
  });

  it('a region and a base URL, which might contradict each other', () => {
    expect(faultOf({ region: 'eu', baseUrl: 'https://api.actonsoftware.com' })).toMatch(
      /"region" and "baseUrl"/,
    );
  });

  it.each([
    0,
    1,
    999,
    120_001,
    121_000,
    -10_000,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '10000',
    null,
  ])('the request timeout %s', (requestTimeout) => {
    expect(faultOf({ requestTimeout: untyped(requestTimeout) })).toMatch(
      /^"requestTimeout" must be from 1,000 to 120,000 ms/,
    );
  });

  it.each([
    ['', /not an absolute URL/],
    [null, /not an absolute URL/],
    ['api.actonsoftware.com', /not an absolute URL/],
    ['/token', /not an absolute URL/],
    ['https://', /not an absolute URL/],
    ['http://api.actonsoftware.com', /neither https/],
    ['http://10.0.0.1', /neither https/],
    ['http://127.0.0.1.evil.test', /neither https/],
    ['http://localhost.evil.test', /neither https/],
    ['http://evil-localhost', /neither https/],
    ['http://evil.127.0.0.test', /neither https/],
    ['http://0.0.0.0', /neither https/],
    ['http://[::2]', /neither https/],
    ['ftp://localhost', /neither https/],
    ['file:///etc/passwd', /neither https/],
    ['data:text/plain,x', /neither https/],
    ['javascript:alert(1)', /neither https/],
    ['https://user@api.actonsoftware.com', /credentials/],
    ['https://user:password-canary@api.actonsoftware.com', /credentials/],
    ['http://:password-canary@localhost', /credentials/],
    ['https://api.actonsoftware.com.', /dot/],
    ['http://localhost.', /dot/],
    ['https://192.0.2.1', /IP address/],
    ['https://192.168.100.200', /IP address/],
    ['https://3221225985', /IP address/],
    ['https://[2001:db8::1]', /IP address/],
    ['https://api.actonsoftware.com?client_secret=x', /query/],
    ['https://api.actonsoftware.com#x', /fragment/],
  ])('the base URL %j', (baseUrl, reason) => {
    const message = faultOf({ baseUrl: untyped(baseUrl) });
    expect(message).toMatch(/^"baseUrl" /);
    expect(message).toMatch(reason);
    expect(message).not.toContain('canary');
  });

  it('any of this, without saying the secret', () => {
    for (const options of [
      { region: untyped<Region>('mars') },
      { baseUrl: 'http://x' },
      { requestTimeout: 1 },
      { clientId: '' },
    ]) {
      expect(faultOf(options)).not.toContain('canary');
    }
  });
});

describe('an endpoint is made with', () => {
  it.each([1_000, 10_000, 120_000])('a request timeout of %i ms', (requestTimeout) => {
    expect(actOnEndpoint({ ...client, requestTimeout }).requestTimeout).toBe(requestTimeout);
  });

  it('an address of this machine written otherwise', () => {
    expect(actOnEndpoint({ ...client, baseUrl: 'http://2130706433' }).issuer).toBe(
      'http://127.0.0.1',
    );
    expect(actOnEndpoint({ ...client, baseUrl: 'HTTP://LOCALHOST:80/' }).issuer).toBe(
      'http://localhost',
    );
    expect(actOnEndpoint({ ...client, baseUrl: 'http://127.10.200.30' }).issuer).toBe(
      'http://127.10.200.30',
    );
  });

  it('a host whose name has numbers in it', () => {
    for (const baseUrl of ['https://10.0.0.1.gateway.test', 'https://gateway-10.0.0.1.test'])
      expect(actOnEndpoint({ ...client, baseUrl }).issuer).toBe(baseUrl);
  });
});
