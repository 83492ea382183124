import { Session } from 'node:inspector';

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

/**
 * Which parts of core ran, told by V8's own counters: no instrumentation, no native module. The
 * counters are the process's: one at a time.
 */
export class Coverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /**
   * Adds the parts that ran since the last call to `seen`; whether there was a new one among them.
   */
  addTo(seen: Set<string>): boolean {
    const before = seen.size;
    for (const { url, functions } of this.#take()) {
      if (!url.includes('/packages/core/src/')) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) seen.add(`${url}:${startOffset}-${endOffset}`);
        }
      }
    }
    return seen.size > before;
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(): readonly ScriptCoverage[] {
    return (this.#post('Profiler.takePreciseCoverage') as { result: readonly ScriptCoverage[] })
      .result;
  }

  /** The inspector answers its own process before `post` returns. */
  #post(method: string, parameters: object = {}): unknown {
    let answer: unknown;
    this.#session.post(method, parameters, (error: Error | null, result?: object) => {
      if (error !== null) throw new Error(`V8 tells no coverage: ${error.message}`);
      answer = result;
    });
    return answer;
  }
}
