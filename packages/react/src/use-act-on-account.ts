import type { Session } from '@act-on-token/core';
import type { ActOnAccount } from './binding.ts';
import { useActOnTokenSelector } from './use-act-on-token-selector.ts';

/**
 * Who is signed in: the account of a session with a broker; `null` until it is known, while no
 * one is, and for a session without a broker. Renders again when that is another. Throws
 * `configuration` if there is neither a provider nor an argument.
 *
 * @example
 * const account = useActOnAccount();
 * return account && <p>Signed in as {account.name}</p>;
 */
export function useActOnAccount(session?: Session): ActOnAccount | null {
  return useActOnTokenSelector(({ account }) => account, sameAccount, session);
}

function sameAccount(a: ActOnAccount | null, b: ActOnAccount | null): boolean {
  return a?.id === b?.id && a?.name === b?.name;
}
