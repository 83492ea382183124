import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from '@typescript/typescript6';
import type { Plugin } from 'rollup';

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  isolatedDeclarations: true,
  allowImportingTsExtensions: true,
  verbatimModuleSyntax: true,
};

/** The file that a source file would be declared in; there is none on disk. */
export function declarationOf(source: string): string {
  return source.replace(/\.tsx?$/, '.d.ts');
}

/**
 * Serves each source file as its declarations. Our sources spell every exported type out
 * (isolatedDeclarations), so that one file's declarations need no other file: this takes a tenth of
 * the time that a whole type-checked program does.
 */
export function declarations(): Plugin {
  return {
    name: 'declarations',
    resolveId(id, importer) {
      if (importer === undefined) return id;
      return id.startsWith('.') ? declarationOf(resolve(dirname(importer), id)) : null;
    },
    load(id) {
      const source = ['.ts', '.tsx']
        .map((ending) => id.replace(/\.d\.ts$/, ending))
        .find((file) => existsSync(file));
      return source === undefined ? null : declare(source);
    },
  };
}

function declare(fileName: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(fileName, 'utf8'), {
    fileName,
    compilerOptions,
    reportDiagnostics: true,
  });
  const [first] = diagnostics;
  if (first !== undefined)
    throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(first.messageText, '\n')}`);
  return outputText;
}
