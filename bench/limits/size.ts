// Where the bytes of core's import come from: what esbuild puts out per source module, and what leaving a part out would save.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import ts from 'typescript';
import { root } from '../../tooling/bootstrap/paths.mjs';

const source = join(root, 'packages', 'core', 'src');
const entry = "export { createSession, actOnEndpoint } from './index.ts';";

export interface Part {
  readonly name: string;
  readonly minified: number;
  /** By how much the whole shrinks if the part is left out. The parts share words, so together they save more than their sum says. */
  readonly saved: number;
}

/** What a reader would call a feature, and the modules that are there for it alone. */
const features: Readonly<Record<string, readonly string[]>> = {
  'the machine: decisions, transitions, reconcile': ['machine.ts'],
  'the wire: endpoint, grants, answers': ['wire/endpoint.ts', 'wire/grant.ts', 'wire/token-response.ts'],
  'the loop that gets a token, its pauses, credentials': ['session/obtain.ts'],
  'exchange: claim, send, commit; late answers, unsaved pairs': ['session/exchange.ts'],
  'the record: its format, and not trusting it': ['record.ts'],
  "the store's deadline, replay and clock": ['timed-store.ts'],
  'the copy of the record, a store that went back': ['session/replica.ts'],
  'signing in and out': ['session/sign-in.ts'],
  'refresh by timer, waking up': ['session/ahead.ts', 'session/attendance.ts'],
  'snapshots, events, subscribers': ['session/announcer.ts', 'session/snapshot.ts', 'session/events.ts'],
  'waiting for other processes (watch and poll)': ['session/waiter.ts'],
  'fetch with a token, one retry on 401': ['session/bearer-fetch.ts'],
  'describe(), for bug reports': ['session/describe.ts'],
  'error texts with their remedies': ['session/messages.ts'],
  'checks of the options': ['session/options.ts'],
};

/** What a client on a server might do without. */
const comforts = [
  'session/announcer.ts',
  'session/snapshot.ts',
  'session/events.ts',
  'session/ahead.ts',
  'session/attendance.ts',
  'session/describe.ts',
  'session/bearer-fetch.ts',
];
const comfortFeatures = 'snapshots, events, timers, describe() and fetch together';

/** The whole first, then its features, the most costly first, and what cuts across them. */
export async function sizeParts(): Promise<Part[]> {
  const { bytes, minified } = await bundle();
  const part = async (name: string, smaller: Promise<{ bytes: number; minified: ReadonlyMap<string, number>; length: number }>) => {
    const { bytes: left, length } = await smaller;
    return { name, minified: total(minified) - length, saved: bytes - left };
  };
  const parts: Part[] = [];
  for (const [name, files] of Object.entries(features)) parts.push(await part(name, bundle([without(files)])));
  return [
    { name: 'everything', minified: total(minified), saved: bytes },
    ...parts.sort((a, b) => b.saved - a.saved),
    await part('all texts of 20 characters and more', bundle([withoutTexts])),
    await part(comfortFeatures, bundle([without(comforts)])),
    await part(`${comfortFeatures}, and all texts`, bundle([without(comforts), withoutTexts])),
    await part('names of private members, cut to one letter', bundle([], await privateNames())),
  ];
}

async function bundle(plugins: Plugin[] = [], mangled?: RegExp) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: source, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    plugins,
    logLevel: 'error',
    ...(mangled === undefined ? {} : { mangleProps: mangled }),
  });
  const [output] = Object.values(metafile.outputs);
  const modules = Object.entries(output?.inputs ?? {}).map(([name, { bytesInOutput }]) => [name, bytesInOutput] as const);
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { bytes: brotliCompressSync(code).length, minified: new Map(modules), length: code.length };
}

const total = (modules: ReadonlyMap<string, number>): number => [...modules.values()].reduce((sum, bytes) => sum + bytes, 0);

/** In place of a module its names, so that everything else still builds. */
function without(files: readonly string[]): Plugin {
  return transform('without', files.map((file) => file.replaceAll('.', '\\.')).join('|'), (code) => {
    const names = [...code.matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
    return names.map((name) => `export const ${name} = globalThis;`).join('\n');
  });
}

const withoutTexts: Plugin = transform('without texts', '.*\\.ts', (code) => {
  const file = ts.createSourceFile('module.ts', code, ts.ScriptTarget.ES2022, true);
  const cuts: { from: number; to: number }[] = [];
  const visit = (node: ts.Node): void => {
    const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
    const isLong = isText && node.getText().length >= 20 && node.getText().includes(' ');
    if (isLong) cuts.push({ from: node.getStart(), to: node.getEnd() });
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return cuts.reverse().reduce((text, { from, to }) => `${text.slice(0, from)}''${text.slice(to)}`, code);
});

function transform(name: string, files: string, change: (code: string) => string): Plugin {
  return {
    name,
    setup({ onLoad }) {
      onLoad({ filter: new RegExp(`/core/src/(${files})$`) }, ({ path }) => ({
        contents: change(readFileSync(path, 'utf8')),
        loader: 'ts',
      }));
    },
  };
}

/** Members of the classes and objects that no user sees. Names of the record are its format, so they stay. */
async function privateNames(): Promise<RegExp> {
  const files = ['account', 'announcer', 'attendance', 'exchange', 'gate', 'obtain', 'replica', 'shared', 'waiter'];
  const code = files.map((file) => readFileSync(join(source, 'session', `${file}.ts`), 'utf8')).join('\n');
  const isPublic =
    /^(get|set|read|swap|watch|close|now|record|pair|claim|version|value|fetch|error|code|type|detail|then|add|on|at|size|key|fault|sent|until|next|wake|load|tell|lost|name)$/;
  const members = [...code.matchAll(/^ {2}(?:readonly |async |get )?([a-z]\w{4,})\??(?:\(|: | = )/gm)].map(([, name = '']) => name);
  const known = new Set([...publicNames(), ...members.filter((name) => isPublic.test(name))]);
  return new RegExp(`^(${[...new Set(members)].filter((name) => !known.has(name)).join('|')})$`);
}

function publicNames(): string[] {
  const files = [
    'session/session.ts',
    'session/options.ts',
    'record.ts',
    'store.ts',
    'clock.ts',
    'session/snapshot.ts',
    'session/events.ts',
    'wire/endpoint.ts',
  ];
  return files.flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/(\w+)\??[(:]/g)].map(([, name = '']) => name));
}
