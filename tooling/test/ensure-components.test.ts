import { describe, expect, it } from 'vitest';
import { isSelected, withoutIt } from '../ensure-components.ts';

describe('a component is installed', () => {
  it.each([
    [[], true],
    [['packages/redis'], true],
    [['packages/redis/test/fleet'], true],
    [['redis'], true],
    [['packages/'], true],
    [['packages/core', 'redis-store', 'packages/redis/test/redis-store.test.ts'], true],
    [['--bail=1'], true],
    [['packages/core'], false],
    [['packages/memory', '--bail=1'], false],
  ])('for packages/redis with the filters %j: %s', (filters, isWanted) => {
    expect(isSelected('packages/redis', filters)).toBe(isWanted);
  });
});

describe('a component that is missing', () => {
  it('is named with all its names, and with the tests that need it', () => {
    expect(withoutIt('firefox-esr', 'packages/indexeddb')).toBe(
      'Without "firefox-esr" or "firefox" on the PATH some tests in packages/indexeddb could not run. Install it.',
    );
    expect(withoutIt('redis-server', 'packages/redis')).toContain(
      'Without "redis-server" on the PATH',
    );
  });
});
