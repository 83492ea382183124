/** The secrets of a run, each in the shapes in which it might get out. */
export class Vault {
  readonly #shapes = new Map<string, { readonly kind: string; readonly shape: string }>();
  readonly #known = new Set<string>();

  get secrets(): number {
    return this.#known.size;
  }

  get shapes(): number {
    return this.#shapes.size;
  }

  add(kind: string, secret: unknown): void {
    if (typeof secret !== 'string' || secret === '' || this.#known.has(secret)) return;
    this.#known.add(secret);
    for (const [shape, text] of shapesOf(secret))
      if (!this.#shapes.has(text)) this.#shapes.set(text, { kind, shape });
  }

  /** Whose secrets are in this text, and in which shape; never the secret itself. */
  found(text: string): string[] {
    return [...this.#shapes]
      .filter(([shape]) => text.includes(shape))
      .map(([, { kind, shape }]) => `${kind} (${shape})`);
  }
}

function shapesOf(secret: string): [shape: string, text: string][] {
  const bytes = Buffer.from(secret);
  const plain: [string, string][] = [
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams([['', secret]]).toString().slice(1)],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['hex', bytes.toString('hex')],
  ];
  return [...plain, ...(['base64', 'base64url'] as const).flatMap((shape) => within(bytes, shape))];
}

/**
 * Base64 of a text that holds the secret somewhere: three alignments, without the characters at
 * both ends that tell of its neighbours.
 */
function within(bytes: Buffer, shape: 'base64' | 'base64url'): [string, string][] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString(shape)
      .replaceAll('=', '');
    return [shape, text.slice(offset === 0 ? 0 : offset + 1, -1)];
  });
}
