const loopback: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Why a request may not control the emulator; `null` if it may. A page in a browser must not,
 * whatever site it is from: a person who runs tests also reads mail. Browsers say so themselves, in
 * `Origin` or `Sec-Fetch-Site`; `none` is an address that a person typed.
 */
export function whyRefused(request: Request): string | null {
  const { headers } = request;
  if (headers.has('origin')) return 'a page in a browser may not control the emulator';
  if ((headers.get('sec-fetch-site') ?? 'none') !== 'none')
    return 'a page in a browser may not control the emulator';
  // A foreign name for this address is how a page gets around both (DNS rebinding).
  return loopback.includes(new URL(request.url).hostname)
    ? null
    : 'the emulator is controlled by a name of this machine only';
}
