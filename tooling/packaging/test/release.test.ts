import { describe, expect, it } from 'vitest';
import { readChange, withVersion } from '../changelog.ts';
import { releaseOrder, releaseWay } from '../release-way.ts';
import type { Tarball } from '../tarball.ts';

const file = (head: string, text: string): string => `---\n${head}\n---\n\n${text}\n`;

describe('a change', () => {
  it('names its packages, the greatest of their bumps and what it means to users', () => {
    const content = file(
      "'@act-on-token/core': patch\n'@act-on-token/redis': minor",
      'Records can be dropped.\n\nSet `tombstoneTtl`.',
    );
    expect(readChange('a.md', content)).toEqual({
      packages: ['core', 'redis'],
      bump: 'minor',
      text: 'Records can be dropped.\n\nSet `tombstoneTtl`.',
    });
  });

  it.each([
    ['no package', file('', 'Something.')],
    ['no bump', file("'@act-on-token/core': none", 'Something.')],
    ['no text', file("'@act-on-token/core': patch", '')],
    ['no head', 'Something.'],
  ])('with %s is refused by its name', (_what, content) => {
    expect(() => readChange('.changeset/a.md', content)).toThrow(
      '.changeset/a.md must name a package',
    );
  });
});

describe('the changelog', () => {
  const changes = [
    { packages: ['core'], bump: 'patch', text: 'A token is not asked for twice.' },
    { packages: ['redis', 'file'], bump: 'minor', text: 'They close.\nTwice, if you like.' },
  ] as const;

  it('begins with the newest version, and what is new in it before what was repaired', () => {
    expect(
      withVersion(
        '# Changelog\n\nOne version.\n\n## 0.1.0 (2026-01-01)\n\nThe first.\n',
        '0.2.0',
        '2026-02-02',
        changes,
      ),
    ).toBe(
      [
        '# Changelog\n\nOne version.\n',
        '## 0.2.0 (2026-02-02)\n',
        '### New\n\n- **redis, file**: They close.\n  Twice, if you like.\n',
        '### Repaired\n\n- **core**: A token is not asked for twice.\n',
        '## 0.1.0 (2026-01-01)\n\nThe first.\n',
      ].join('\n'),
    );
  });

  it('can begin empty', () => {
    expect(withVersion('# Changelog\n', '0.1.0', '2026-02-02', [])).toBe(
      '# Changelog\n\n## 0.1.0 (2026-02-02)\n',
    );
  });
});

describe('a release', () => {
  const tarball = (name: string, ...needs: string[]): Tarball => {
    const dependencies = Object.fromEntries(needs.map((other) => [other, '1.0.0']));
    return {
      path: '',
      bytes: Buffer.alloc(0),
      files: new Map(),
      manifest: { name, version: '1.0.0', dependencies },
    };
  };

  it('publishes what others depend on before them', () => {
    const order = releaseOrder([
      tarball('app', 'store', 'elsewhere'),
      tarball('store', 'core'),
      tarball('core'),
    ]);
    expect(order.map(({ manifest }) => manifest.name)).toEqual(['core', 'store', 'app']);
  });

  it('refuses a circle', () => {
    expect(() => releaseOrder([tarball('a', 'b'), tarball('b', 'a')])).toThrow('in a circle: a, b');
  });

  it('is refused to everybody, but not its rehearsal', () => {
    for (const args of [[], ['--pack'], ['--provenance'], ['now']])
      expect(() => releaseWay(args)).toThrow('Only the Release workflow publishes');
    expect(releaseWay(['--dry-run']).flags).toContain('--dry-run');
    expect(releaseWay(['--pack', 'somewhere'])).toMatchObject({ folder: 'somewhere', flags: [] });
  });
});
