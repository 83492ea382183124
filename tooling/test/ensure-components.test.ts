import { describe, expect, it } from 'vitest';
import { isSelected } from '../ensure-components.ts';

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
