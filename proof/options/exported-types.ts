import { join } from 'node:path';
import ts from '@typescript/typescript6';
import { foldersIn } from '../../tooling/bootstrap/fingerprint.mjs';
import { root } from '../../tooling/bootstrap/paths.mjs';

const entries = [
  ...foldersIn(join(root, 'packages'))
    .filter((name) => name !== 'cli')
    .map((name) => `packages/${name}/src/index.ts`),
  'packages/broker/src/client.ts',
  'packages/react/src/devtools.ts',
].map((file) => join(root, file));
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
  ts.sys,
  root,
);
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();

/** A property of a type that a package exports. */
export interface Property {
  readonly name: string;
  readonly isOptional: boolean;
  /**
   * Whether `undefined` may be given for it, also to a compiler with `exactOptionalPropertyTypes`.
   */
  readonly takesUndefined: boolean;
}

/**
 * What callers give: every exported type of options, with the properties that our own files
 * declare.
 */
export function exportedOptions(): ReadonlyMap<string, readonly Property[]> {
  const found = new Map<string, readonly Property[]>();
  for (const entry of entries) {
    const source = program.getSourceFile(entry);
    const symbol = source && checker.getSymbolAtLocation(source);
    for (const each of symbol === undefined ? [] : checker.getExportsOfModule(symbol)) {
      if (
        !/(Options|Props|Keys|Callback|Grant|Credentials)$/.test(each.name) ||
        each.name === 'ActOnCallback'
      )
        continue;
      const target = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
      if (target.flags & ts.SymbolFlags.Type)
        found.set(each.name, propertiesOf(checker.getDeclaredTypeOfSymbol(target)));
    }
  }
  return found;
}

function propertiesOf(type: ts.Type): readonly Property[] {
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const at = property.declarations?.find((declaration) =>
      declaration.getSourceFile().fileName.includes('/packages/'),
    );
    if (at === undefined) return [];
    const takesUndefined = checker.isTypeAssignableTo(
      checker.getUndefinedType(),
      checker.getTypeOfSymbol(property),
    );
    return [
      {
        name: property.name,
        isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
        takesUndefined,
      },
    ];
  });
}
