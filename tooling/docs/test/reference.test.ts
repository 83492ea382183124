import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from '@typescript/typescript6';
import { describe, expect, it } from 'vitest';
import { foldersIn } from '../../bootstrap/fingerprint.mjs';
import { root } from '../../bootstrap/paths.mjs';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const entries = [
  ...foldersIn(join(root, 'packages'))
    .filter((name) => name !== 'cli')
    .map((name) => `packages/${name}/src/index.ts`),
  'packages/broker/src/client.ts',
  'packages/react/src/devtools.ts',
];
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
  ts.sys,
  root,
);
const program = ts.createProgram(
  entries.map((file) => join(root, file)),
  options,
);
const checker = program.getTypeChecker();

/** What the packages export: each type by its name. */
const exported = new Map(
  entries.flatMap((file) => {
    const source = program.getSourceFile(join(root, file));
    const symbol = source && checker.getSymbolAtLocation(source);
    return symbol === undefined
      ? []
      : checker.getExportsOfModule(symbol).map((each) => [each.name, declared(each)] as const);
  }),
);

function declared(symbol: ts.Symbol): ts.Type {
  return checker.getDeclaredTypeOfSymbol(
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  );
}

function typeOf(name: string): ts.Type {
  const type = exported.get(name);
  if (type === undefined) throw new Error(`No package exports ${name}.`);
  return type;
}

/** The names of the members that our own files declare: not those of ky or React. */
const membersOf = (name: string): string[] =>
  typeOf(name)
    .getProperties()
    .filter((member) =>
      member.declarations?.some((at) => at.getSourceFile().fileName.includes('/packages/')),
    )
    .map((member) => member.name);

/** The literals of a union of texts, or of the member `by` of a union of objects. */
function literalsOf(name: string, by?: string): string[] {
  const type = typeOf(name);
  return (type.isUnion() ? type.types : [type]).map((each) => {
    const literal =
      by === undefined ? each : checker.getTypeOfSymbol(each.getProperty(by) as ts.Symbol);
    return (literal as ts.StringLiteralType).value;
  });
}

const optionsPage = read('docs/reference/options.md');
const described = [...exported.keys()]
  .filter((name) => /^(?!checkO|CheckedO).*(Options|Props|Keys)$/.test(name) || name === 'Switches')
  .sort();

describe('the page of options', () => {
  it('knows of all that there are', () => {
    expect(described.length).toBeGreaterThan(15);
  });

  it.each(described)('has each of %s, in its section or table', (name) => {
    const section = sectionWith(optionsPage, name);
    expect(membersOf(name).filter((member) => !section.includes(`\`${member}\``))).toEqual([]);
  });

  it('has each option of the command', () => {
    const names = [
      ...read('packages/cli/src/program.ts').matchAll(/[( ]'(?:-\w, )?(--[a-z-]+)[ ']/g),
    ].map(([, option = '']) => option);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !optionsPage.includes(name))).toEqual([]);
  });

  it('has each exit code, in the words of the command itself', async () => {
    const { meanings } = await import('../../../packages/cli/src/exit-codes.ts');
    for (const [code, meaning] of Object.entries(meanings))
      expect(optionsPage).toContain(`| ${code} | ${meaning} |`);
  });
});

/** From the heading, or within a table the rows, in which the name stands. */
function sectionWith(page: string, name: string): string {
  const sections = page
    .split(/^(?=##)/m)
    .filter(
      (section) =>
        section.includes(`${name}\``) ||
        section.includes(`: ${name})`) ||
        section.includes(`?: ${name})`),
    );
  if (sections.length === 0) throw new Error(`docs/reference/options.md does not name ${name}.`);
  return (
    sections.join('\n') +
    (name === 'SessionPoolOptions'
      ? (page.split(/^(?=##)/m).find((each) => each.startsWith('## createSession\n')) ?? '')
      : '')
  );
}

describe('the page of errors', () => {
  const page = read('docs/reference/errors.md');

  it.each(literalsOf('ActOnTokenErrorCode'))('has a cause and a remedy for %s', (code) => {
    const section = page.split(/^## /m).find((each) => each.startsWith(`${code}\n`)) ?? '';
    expect(section).toMatch(/\*\*Cause\.\*\* .+\n\n\*\*Remedy\.\*\* .+/);
  });

  it('has no others', () => {
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings.sort()).toEqual(literalsOf('ActOnTokenErrorCode').sort());
  });

  it('says with which code the command ends', async () => {
    const { exitOf } = await import('../../../packages/cli/src/exit-codes.ts');
    for (const code of literalsOf('ActOnTokenErrorCode')) {
      const section = page.split(/^## /m).find((each) => each.startsWith(`${code}\n`));
      expect(section).toContain(`Exit code of the command: ${exitOf(code as 'closed')}.`);
    }
  });
});

describe('the page of events', () => {
  const page = read('docs/reference/events.md');

  it.each(literalsOf('SessionEvent', 'type'))('has %s', (type) => {
    expect(page).toContain(`| \`${type}\` |`);
  });

  it.each(literalsOf('BrokerEvent', 'type'))('has %s of the broker', (type) => {
    expect(page.slice(page.indexOf('A broker has'))).toContain(`\`${type}\``);
  });

  it('has each field of the snapshot', () => {
    const fields = checker.getPropertiesOfType(typeOf('Snapshot')).map(({ name }) => name);
    expect(fields.filter((field) => !page.includes(`| \`${field}\` |`))).toEqual([]);
  });
});

describe('a figure in README.md', () => {
  const lines = read('README.md')
    .split(/\n(?=\n|\|)/)
    .flatMap((part) => {
      const [, file] =
        /\]\(((?:docs\/measured|tooling\/test|packages\/core\/test)\/[^)]+)\)/.exec(part) ?? [];
      return file === undefined ? [] : [{ part, file }];
    });

  it('is there', () => {
    expect(lines.length).toBeGreaterThan(3);
  });

  it.each(lines)('is in $file', ({ part }) => {
    const files = [
      ...part.matchAll(/\]\(((?:docs\/measured|tooling\/test|packages\/core\/test)\/[^)]+)\)/g),
    ].map(([, file = '']) => read(file).replaceAll('_', ','));
    const figures = [...part.matchAll(/\b\d{1,3}(?:,\d{3})+\b|\b\d{3}\b/g)]
      .map(([figure]) => figure)
      .filter((figure) => figure !== '503');
    for (const figure of figures)
      expect(
        files.some((text) => new RegExp(`(?<![\\d,])${figure}(?![\\d,]\\d)`).test(text)),
        figure,
      ).toBe(true);
  });
});
