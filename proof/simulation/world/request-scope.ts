import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A request to a platform that ends everything that belongs to it once it is answered: what its
 * code still waits for then, a timer, an answer of the store or of Act-On, never comes. Other
 * requests of the same process go on.
 */
export class RequestScope {
  /** How many answers are under way to it, and how many timers it waits for. */
  pending = 0;
  #isOver = false;
  readonly #atEnd: (() => void)[] = [];

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const run of this.#atEnd.splice(0)) run();
  }

  onEnd(run: () => void): void {
    this.#atEnd.push(run);
  }
}

const scopes = new AsyncLocalStorage<RequestScope>();

/** Whatever `run` starts, and whatever that leads to, belongs to `scope`. */
export function inScope<T>(scope: RequestScope, run: () => T): T {
  return scopes.run(scope, run);
}

/**
 * The request that the code that runs right now belongs to; `undefined`: none, as in any other
 * program.
 */
export function currentScope(): RequestScope | undefined {
  return scopes.getStore();
}

/*
 * Code within a scope sees the platform that it runs on: there it must not count on anything of
 * another request. `onLine` stays whatever this machine's runtime says of it.
 */
const own = globalThis.navigator;
const worker = { userAgent: 'Cloudflare-Workers' };
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  get: () => (currentScope() === undefined ? own : worker),
});
