import type { Gateway } from './gateway.ts';

/**
 * IBM API Connect. It says little: the three members are always there, and `moreInformation` of a
 * 401 is empty.
 */
export function apiConnect(badToken: string): Gateway {
  return {
    challenge: (reason) => (reason === 'no_token' ? 'Bearer' : badToken),
    tellsNext: () => true,
    body: ({ status, message, information }) => ({
      type: 'application/json',
      text: JSON.stringify({
        httpCode: String(status),
        httpMessage: message,
        moreInformation: information,
      }),
    }),
  };
}
