// What the tests of core import from vitest, made of its own parts: vitest itself starts processes
// and watches files in ways that Wine does not bear.
import { withGlobal } from '@sinonjs/fake-timers';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { fn, restoreAllMocks, spyOn } from '@vitest/spy';

export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
  onTestFinished,
  test,
} from '@vitest/runner';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

export const expect = ((value: unknown, message?: string) =>
  chai.expect(value, message)) as unknown as Record<string, unknown>;
Object.assign(expect, chai.expect, Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT));
Object.assign(expect, { getState: () => getState(expect as never) });
Reflect.set(globalThis, GLOBAL_EXPECT, expect);
setState({ assertionCalls: 0, testPath: '' } as never, expect as never);
(chai.expect as unknown as { extend(expect: object, matchers: object): void }).extend(
  expect,
  customMatchers,
);

const timers = withGlobal(globalThis);
let clock: ReturnType<typeof timers.install> | null = null;
const stubbed = new Map<string, PropertyDescriptor | undefined>();

export const vi = {
  fn,
  spyOn,
  restoreAllMocks,
  stubGlobal(name: string, value: unknown): void {
    if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  },
  unstubAllGlobals(): void {
    for (const [name, before] of stubbed)
      if (before === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, before);
    stubbed.clear();
  },
  useFakeTimers({ now = Date.now() }: { now?: number } = {}): void {
    clock?.uninstall();
    const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] as const;
    clock = timers.install({ now, toFake: [...toFake] });
  },
  useRealTimers(): void {
    clock?.uninstall();
    clock = null;
  },
  advanceTimersByTimeAsync: (milliseconds: number) => clock?.tickAsync(milliseconds),
  runAllTimersAsync: () => clock?.runAllAsync(),
  getTimerCount: () => clock?.countTimers() ?? 0,
  /** As vitest has it: again every 50 ms, for a second. Fake timers move by as much. */
  async waitFor<T>(check: () => T | Promise<T>): Promise<T> {
    for (let left = 20; ; left -= 1) {
      try {
        return await check();
      } catch (error) {
        if (left <= 0) throw error;
        if (clock === null) await new Promise((resolve) => setTimeout(resolve, 50));
        else await clock.tickAsync(50);
      }
    }
  },
};
