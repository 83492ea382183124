import { CompactEncrypt, compactDecrypt } from 'jose';
import { base64url } from './text.ts';

/** What a sealed text is for: one that was made for something else does not open. */
export type Purpose = 'session' | 'sign-in';

/**
 * Turns claims into texts that only this broker can read or make. Confidential, authentic, and with
 * no life of its own: times are in the claims.
 */
export interface Seal {
  seal(purpose: Purpose, claims: object): Promise<string>;
  /**
   * `null` for whatever this broker did not seal, or cannot open any more. `isCurrent`: with the
   * newest key.
   */
  open(
    purpose: Purpose,
    sealed: string,
  ): Promise<{ readonly claims: unknown; readonly isCurrent: boolean } | null>;
}

interface Key {
  readonly id: string;
  readonly key: CryptoKey;
}

const algorithms = {
  keyManagementAlgorithms: ['dir'],
  contentEncryptionAlgorithms: ['A256GCM'],
  maxDecompressedLength: 0,
};

/**
 * JWE (RFC 7516) with AES-256-GCM, by `jose`. Keys come from the secrets (newest first) by HKDF,
 * and differ for each `context`, so that brokers that share a secret cannot open each other's
 * cookies.
 */
export function createSeal(secrets: readonly string[], context: string): Seal {
  let derived: Promise<Key[]> | null = null;
  const keys = (): Promise<Key[]> => {
    derived ??= Promise.all(secrets.map((secret) => deriveKey(secret, context)));
    return derived;
  };
  return {
    async seal(purpose, claims) {
      const [key] = await keys();
      if (key === undefined) throw new TypeError('There is no key to seal with.');
      const text = new TextEncoder().encode(JSON.stringify(claims));
      return new CompactEncrypt(text)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.id, typ: purpose })
        .encrypt(key.key);
    },
    async open(purpose, sealed) {
      const known = await keys();
      const keyOf = ({ kid }: { kid?: string }): CryptoKey => {
        const key = known.find(({ id }) => id === kid);
        if (key === undefined)
          throw new TypeError('It was sealed with a key that is not known here.');
        return key.key;
      };
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, keyOf, algorithms);
        if (protectedHeader.typ !== purpose) return null;
        return {
          claims: JSON.parse(new TextDecoder().decode(plaintext)),
          isCurrent: protectedHeader.kid === known[0]?.id,
        };
      } catch {
        // Whatever is wrong with it: it is not ours.
        return null;
      }
    },
  };
}

/** HKDF with SHA-256 (RFC 5869): 256 bits of key and 64 of name. */
async function deriveKey(secret: string, context: string): Promise<Key> {
  const bytes = new TextEncoder();
  const material = await crypto.subtle.importKey('raw', bytes.encode(secret), 'HKDF', false, [
    'deriveBits',
  ]);
  const info = bytes.encode(`act-on-token broker cookies ${context}`);
  const derived = new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
      material,
      320,
    ),
  );
  const key = await crypto.subtle.importKey('raw', derived.slice(0, 32), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  return { key, id: base64url(derived.slice(32)) };
}
