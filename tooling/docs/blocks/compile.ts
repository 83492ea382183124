import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { root } from '../../bootstrap/paths.mjs';
import type { Module } from './assemble.ts';

const home = fileURLToPath(new URL('..', import.meta.url));

/**
 * What the compiler has against these modules, at the lines of their pages. One program for all of
 * them.
 */
export function compile(modules: readonly Module[]): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(
    modules.map(({ path }) => path),
    {
      ...options,
      allowJs: true,
      checkJs: true,
      // Readers' own compilers differ: nothing but the types of a block is judged.
      noUnusedLocals: false,
      noUnusedParameters: false,
      noImplicitReturns: false,
      noImplicitAny: true,
      typeRoots: [`${home}node_modules/@types`],
    },
  );
  // Not those of the packages, which `npm run check` judges.
  const files = modules.flatMap(({ path }) => program.getSourceFile(path) ?? []);
  const diagnostics = files.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]);
  return [...program.getOptionsDiagnostics(), ...diagnostics].map((diagnostic) =>
    describe(diagnostic, modules),
  );
}

function describe(
  { file, start = 0, messageText }: ts.Diagnostic,
  modules: readonly Module[],
): string {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (file === undefined) return text;
  const { line } = file.getLineAndCharacterOfPosition(start);
  const found = modules.find(({ path }) => path === file.fileName);
  const place =
    found === undefined
      ? `${relative(root, file.fileName)}:${line + 1}`
      : `${found.block.page}:${line - found.offset + found.block.line}`;
  return `${place}: ${text}`;
}
