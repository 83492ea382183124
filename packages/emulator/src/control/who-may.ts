const loopback: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Why a request may not control the emulator; `null` if it may. */
export type Guard = (request: Request) => string | null;

/**
 * Refuses a page in a browser, whatever site it is from: a person who runs tests also reads mail.
 * Browsers say so themselves, in `Origin` or `Sec-Fetch-Site`; `none` is an address that a person
 * typed. A foreign name of this machine is how a page gets around both (DNS rebinding), so only the
 * names of loopback and the `hostname` that the emulator listens on are taken. One that listens
 * beyond loopback is reached by many IP addresses too, and those cannot be rebound.
 */
export function createGuard(hostname: string): Guard {
  const given = nameInUrl(hostname);
  const isOpen = !isLoopback(hostname);
  const isOwnName = (name: string): boolean =>
    loopback.includes(name) || name === given || (isOpen && isIpAddress(name));
  return ({ headers, url }) => {
    if (headers.has('origin') || (headers.get('sec-fetch-site') ?? 'none') !== 'none')
      return 'a page in a browser may not control the emulator';
    if (isOwnName(new URL(url).hostname)) return null;
    return isOpen
      ? 'the emulator is controlled by the name that it listens on, or by an IP address'
      : 'the emulator is controlled by a name of this machine only';
  };
}

/** Whether only this machine reaches what listens there. */
export function isLoopback(hostname: string): boolean {
  return loopback.includes(nameInUrl(hostname));
}

/** A host as a URL has it: an IPv6 address in brackets. */
export function hostInUrl(hostname: string): string {
  return hostname.includes(':') ? `[${hostname}]` : hostname;
}

/** Of a host as `URL` gives it: there an IPv4 address has four decimal numbers. */
function isIpAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);
}

function nameInUrl(hostname: string): string {
  return new URL(`http://${hostInUrl(hostname)}`).hostname;
}
