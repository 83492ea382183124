// Records in files, sealed with a key that the keychain of the operating system holds: Keychain on
// macOS, Credential Manager on Windows, the Secret Service (GNOME Keyring, KWallet) on Linux.
import { ActOnTokenError, sealedStore, type TokenStore } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { AsyncEntry } from '@napi-rs/keyring';

export interface KeychainStoreOptions {
  /** The folder for the records, on a local disk. */
  directory: string;
  /** What the keychain calls the program that the key is for. */
  service: string;
}

/** Longest wait for the keychain, in milliseconds: it may ask a person to unlock it. */
const patience = 60_000;

/**
 * Opens a store whose records only this user of this machine can read, and only while the keychain
 * is unlocked. Any number of processes may do so at once: the first makes the key. Rejects with
 * `store_unavailable` if the keychain does not answer, and with `store_corrupt` if it has lost the
 * key.
 */
export async function keychainStore(options: KeychainStoreOptions): Promise<TokenStore> {
  const files = fileStore({ directory: options.directory });
  try {
    return sealedStore(files, { current: await keyFor(files, options) });
  } catch (error) {
    await files.close();
    throw error;
  }
}

// A keychain cannot compare and replace, so of two processes that make a key at once the second
// would replace the first's. Each makes its key under a name of its own, and the files, which can
// compare, say once and for all which name it is.
async function keyFor(files: TokenStore, options: KeychainStoreOptions): Promise<Uint8Array> {
  const { record } = await files.read('keychain');
  return record === null ? makeKey(files, options) : findKey(record.value, options);
}

async function makeKey(files: TokenStore, options: KeychainStoreOptions): Promise<Uint8Array> {
  const name = crypto.randomUUID();
  const key = crypto.getRandomValues(new Uint8Array(32));
  const text = Buffer.from(key).toString('base64');
  // First the key, so that it is there for every process that finds its name.
  await ask(options, name, (entry, signal) => entry.setPassword(text, signal));
  const { ok, record } = await files.swap('keychain', null, { version: name, value: name });
  if (ok || record === null) return key;
  await ask(options, name, (entry, signal) => entry.deletePassword(signal)).catch(() => {});
  return findKey(record.value, options);
}

async function findKey(name: string, options: KeychainStoreOptions): Promise<Uint8Array> {
  const text = await ask(options, name, (entry, signal) => entry.getPassword(signal));
  if (text !== null) return Buffer.from(text, 'base64');
  throw new ActOnTokenError(
    'store_corrupt',
    `The keychain has lost the key "${options.service}" for the sign-ins in ${options.directory}, and nothing can open them without it. Restore the keychain, or delete that folder and sign in again.`,
  );
}

/** The keychain's own errors stay out of the message: they are not ours. */
async function ask<Answer>(
  { service }: KeychainStoreOptions,
  name: string,
  work: (entry: AsyncEntry, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  try {
    // On Linux it would fall back to the kernel's keyring, which is empty after a restart.
    const entry = new AsyncEntry(service, name, { linux: { store: 'secret-service' } });
    const signal = AbortSignal.timeout(patience);
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    return await Promise.race([work(entry, signal), late]);
  } catch (cause) {
    const error = new ActOnTokenError(
      'store_unavailable',
      'The keychain of this user did not answer. Unlock it; on Linux, start a Secret Service such as gnome-keyring-daemon.',
    );
    throw Object.assign(error, { cause });
  }
}
