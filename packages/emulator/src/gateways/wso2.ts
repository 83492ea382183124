import type { FaultFormat } from '../settings.ts';
import type { Gateway, GatewayError, GatewayReason } from './gateway.ts';

/**
 * WSO2 API Manager. Version 3 writes XML unless the request says otherwise, version 4 JSON.
 * @see https://apim.docs.wso2.com/en/3.2.0/troubleshooting/error-handling/
 */
export const wso2: Gateway = {
  challenge: (reason) =>
    reason === 'no_token'
      ? realm
      : `${realm}, error="invalid_token", error_description="The access token expired"`,
  // A client that only came too fast does not learn when to come back (wso2/api-manager#3128).
  tellsNext: (reason) => reason !== 'burst',
  body: (error, format) => write(error, faultOf(error), format),
};

const realm = 'OAuth2 realm="WSO2 API Manager"';
type Members = Readonly<Record<string, string | number>>;

const codes: Readonly<Record<Exclude<GatewayReason, 'other'>, number>> = {
  no_token: 900902,
  bad_token: 900901,
  grants: 900802,
  quota: 900803,
  burst: 900807,
};

function faultOf(error: GatewayError): Members {
  const { status, message, reason, information, nextAt } = error;
  if (reason === 'other')
    return { code: status, type: 'Status report', message, description: information };
  const code = codes[reason];
  if (reason === 'no_token') return { code, message: 'Missing Credentials', description: missing };
  if (reason === 'bad_token') return { code, message: 'Invalid Credentials', description: invalid };
  const next = nextAt === null ? {} : { nextAccessTime: accessTime(nextAt) };
  return {
    code,
    message: 'Message throttled out',
    description: 'You have exceeded your quota',
    ...next,
  };
}

const missing =
  "Invalid Credentials. Make sure your API invocation call has a header: 'Authorization : Bearer ACCESS_TOKEN'";
const invalid =
  'Access failure for API: /api/1, version: 1 status: (900901) - Invalid Credentials. Make sure you have provided the correct security credentials';
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2019-Sep-18 05:34:00+0000 UTC` (wso2/carbon-apimgt#7059). */
function accessTime(at: number): string {
  const date = new Date(at);
  const [, day = ''] = /-(\d\d)T/.exec(date.toISOString()) ?? [];
  return `${date.getUTCFullYear()}-${months[date.getUTCMonth()]}-${day} ${date.toISOString().slice(11, 19)}+0000 UTC`;
}

function write(
  { reason }: GatewayError,
  fault: Members,
  format: FaultFormat,
): { type: string; text: string } {
  if (format === 'json')
    return { type: 'application/json; charset=UTF-8', text: JSON.stringify({ fault }) };
  const [prefix, space] = namespaceOf(reason);
  // No member holds what a request brought, so none needs escaping.
  const members = Object.entries(fault).map(
    ([name, value]) => `<${prefix}:${name}>${value}</${prefix}:${name}>`,
  );
  const text = `<${prefix}:fault xmlns:${prefix}="http://wso2.org/apimanager${space}">${members.join('')}</${prefix}:fault>`;
  return { type: 'application/xml; charset=UTF-8', text };
}

function namespaceOf(reason: GatewayReason): readonly [prefix: string, space: string] {
  if (reason === 'other') return ['am', ''];
  return reason === 'no_token' || reason === 'bad_token'
    ? ['ams', '/security']
    : ['amt', '/throttling'];
}
