import { base64url } from './text.ts';

const blockSize = 65_536;

/**
 * Distinguishes one body from another as it goes by: SHA-256 of each block of 64 KiB and the digest before
 * it.
 */
export class BodyDigest {
  readonly #block = new Uint8Array(32 + blockSize);
  #size = 32;

  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength; ) {
      const part = chunk.subarray(at, at + this.#block.byteLength - this.#size);
      this.#block.set(part, this.#size);
      this.#size += part.byteLength;
      at += part.byteLength;
      if (this.#size === this.#block.byteLength) await this.#close();
    }
  }

  async end(): Promise<string> {
    await this.#close();
    return base64url(this.#block.slice(0, 32));
  }

  async #close(): Promise<void> {
    const digest = await crypto.subtle.digest('SHA-256', this.#block.subarray(0, this.#size));
    this.#block.set(new Uint8Array(digest));
    this.#size = 32;
  }
}
