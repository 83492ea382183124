import { listen } from './wake.ts';

/** What tabs tell each other: a digest of how things stand, and never a token. */
interface Message {
  readonly print: string;
  /** The id of the account that this browser was just signed out of. */
  readonly left?: string;
}

/**
 * The page's other tabs. While it listens, a tab hears what others announce; `announce` works at any time.
 * The channel is closed while the page is in the back/forward cache, which some browsers would
 * else not put it into.
 */
export class Tabs {
  readonly #name: () => string;
  #channel: BroadcastChannel | null = null;

  constructor(name: () => string) {
    this.#name = name;
  }

  /** Returns the function that stops it. */
  listen(heard: (print: string, left: string | null) => void): () => void {
    const open = (): void => {
      this.#channel ??= openChannel(this.#name());
      if (this.#channel !== null)
        this.#channel.onmessage = ({ data }) => {
          const { print, left } = Object(data) as Partial<Message>;
          heard(String(print), typeof left === 'string' ? left : null);
        };
    };
    const close = (): void => {
      this.#channel?.close();
      this.#channel = null;
    };
    const stops = [
      listen(globalThis, 'pagehide', close),
      listen(globalThis, 'pageshow', open),
      close,
    ];
    open();
    return () => {
      for (const stop of stops) stop();
    };
  }

  announce(print: string, left?: string): void {
    const channel = this.#channel ?? openChannel(this.#name());
    try {
      channel?.postMessage({ print, ...(left && { left }) } satisfies Message);
    } catch {
      // A hint that nobody needs. In Deno 2.9 a channel that is opened right after the last one was
      // closed cannot send.
    }
    if (channel !== this.#channel) channel?.close();
  }
}

/** Not everywhere, and not where a page may keep nothing. */
function openChannel(name: string): BroadcastChannel | null {
  try {
    const channel = new BroadcastChannel(name);
    // In Node and Bun an open channel would keep the process alive.
    (channel as { unref?(): void }).unref?.();
    return channel;
  } catch {
    return null;
  }
}
