import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from '@typescript/typescript6';
import { describe, expect, it } from 'vitest';
import { filesUnder } from '../bootstrap/fingerprint.mjs';
import { bundledPackages } from '../build/bundled-packages.ts';
import { type WorkspacePackage, workspacePackages } from '../build/workspace-packages.ts';
import { computed, type Import, violation } from '../import-rules.ts';

describe('imports point one way', () => {
  it.each(workspacePackages())('in $folder', (pkg) => {
    const bundled = bundledPackages(pkg).map(({ manifest }) => manifest.name);
    const declared = [
      ...Object.keys({ ...pkg.manifest.dependencies, ...pkg.manifest.peerDependencies }),
      ...bundled,
    ];
    const complaints = importsOf(pkg).map((line) => ({
      line,
      complaint: violation(line, declared),
    }));
    expect(complaints.filter(({ complaint }) => complaint !== null)).toEqual([]);
  });
});

describe('imports go in no circle, types counted', () => {
  it.each([
    'core',
    'memory',
    'indexeddb',
    'redis',
    'sql',
    'react',
    'ky',
    'oauth',
    'api',
    'store-kit',
  ])('in %s', (name) => {
    const pkg = workspacePackages().find(
      ({ folder }) => folder.endsWith(`/${name}`) || folder === name,
    );
    if (pkg === undefined) throw new Error(`there is no package ${name}`);
    const next = new Map<string, string[]>();
    for (const { file, from } of importsOf(pkg).filter((line) => line.from.startsWith('.')))
      next.set(file, [...(next.get(file) ?? []), join(file, '..', from).split(sep).join('/')]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file))
        throw new Error(`a circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      if (done.has(file)) return;
      for (const each of next.get(file) ?? []) visit(each, [...path, file]);
      done.add(file);
    };
    for (const file of next.keys()) visit(file, []);
    expect(done.size).toBeGreaterThan(0);
  });
});

describe('the import rules', () => {
  it.each([
    ['core', 'clock.ts', 'node:timers', 'core imports nobody'],
    ['core', 'machine.ts', 'some-package', 'core imports nobody'],
    ['core', 'machine.ts', './wire/grant.ts', 'the machine knows nothing of the wire'],
    ['core', 'wire/grant.ts', '../machine.ts', 'the wire knows nothing of the machine'],
    [
      'core',
      'session/commit.ts',
      './token-source.ts',
      'session/ imports only downward, as `spine` says',
    ],
    [
      'core',
      'session/commit.ts',
      './new-file.ts',
      'session/ imports only downward, as `spine` says',
    ],
    ['core', 'store.ts', './session/wake.ts', 'only index.ts and pool.ts use session/'],
    ['core', 'session/session.ts', '../pool.ts', 'session/ may not use pool.ts'],
    ['core', 'session/session.ts', '../index.ts', 'session/ may not use index.ts'],
    [
      'redis',
      'index.ts',
      '@act-on-token/core/record',
      'packages import nothing of each other but @act-on-token/core',
    ],
    [
      'redis',
      'index.ts',
      '@act-on-token/memory',
      'packages import nothing of each other but @act-on-token/core',
    ],
    [
      'redis',
      'index.ts',
      '../../core/src/record.ts',
      'a package imports files of its own src folder only',
    ],
    [
      'redis',
      'redis-store.ts',
      'ioredis/built/types',
      'ioredis is not in the dependencies of redis',
    ],
    ['react', 'index.ts', 'node:fs', 'react runs everywhere, so it imports nothing of Node'],
    [
      'emulator',
      'index.ts',
      '@act-on-token/core',
      'the emulator knows nothing of the library that is tested with it',
    ],
    [
      'emulator',
      'emulator.ts',
      computed,
      'something computed is not in the dependencies of emulator',
    ],
    ['store-kit', 'index.ts', '@act-on-token/core', 'the store kit uses only types of core'],
    [
      'cli',
      'open-store.ts',
      '@act-on-token/file',
      '@act-on-token/file is not in the dependencies of cli',
    ],
    [
      'cli',
      'open-store.ts',
      '@act-on-token/memory',
      'packages import nothing of each other but @act-on-token/core',
    ],
    [
      'cli',
      'open-store.ts',
      '@act-on-token/file/disk',
      'packages import nothing of each other but @act-on-token/core',
    ],
    ['cli', 'program.ts', 'yargs', 'yargs is not in the dependencies of cli'],
  ])('refuse that %s/src/%s imports %s', (pkg, file, from, complaint) => {
    expect(violation({ pkg, file, from, isTypeOnly: false }, ['@act-on-token/core'])).toBe(
      complaint,
    );
  });

  it.each([
    ['core', 'session/session.ts', './account.ts'],
    ['core', 'session/token-request.ts', '../wire/endpoint.ts'],
    ['core', 'session/token-request.ts', '../machine.ts'],
    ['core', 'wire/endpoint.ts', './grant.ts'],
    ['core', 'pool.ts', './session/session.ts'],
    ['emulator', 'token/issue.ts', '../state.ts'],
    ['emulator', 'serve.ts', computed],
    ['file', 'file-store.ts', 'node:fs/promises'],
    ['file', 'file-store.ts', '@act-on-token/core'],
    ['cli', 'open-store.ts', '@act-on-token/redis'],
    ['cli', 'login/loopback.ts', 'node:http'],
  ])('allow that %s/src/%s imports %s', (pkg, file, from) => {
    expect(
      violation({ pkg, file, from, isTypeOnly: false }, [
        '@act-on-token/core',
        '@act-on-token/redis',
      ]),
    ).toBeNull();
  });
});

function importsOf({ folder, path }: WorkspacePackage): Import[] {
  const src = join(path, 'src');
  return filesUnder(src).flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022);
    return linesOf(source).map((line) => ({
      pkg: folder,
      file: relative(src, file).split(sep).join('/'),
      ...line,
    }));
  });
}

type Line = Pick<Import, 'from' | 'isTypeOnly'>;

/** Imports and re-exports at the top, and `import('…')` wherever it stands. */
function linesOf(node: ts.Node): Line[] {
  const found: Line[] = [];
  if (ts.isImportDeclaration(node))
    found.push({
      from: textOf(node.moduleSpecifier),
      isTypeOnly: node.importClause?.isTypeOnly === true,
    });
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    found.push({ from: textOf(node.moduleSpecifier), isTypeOnly: node.isTypeOnly });
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    found.push({ from: textOf(node.arguments[0]), isTypeOnly: false });
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    found.push({ from: textOf(node.argument.literal), isTypeOnly: true });
  ts.forEachChild(node, (child) => void found.push(...linesOf(child)));
  return found;
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : computed;
}
