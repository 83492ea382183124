import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isGuide } from '../pages.ts';
import { type Block, isProgram, noteOf } from './read-blocks.ts';
import { unrun } from './unrun.ts';

/** A block as a module of its own, with what its comments put around it. */
export interface Module {
  readonly block: Block;
  readonly path: string;
  readonly text: string;
  /** How many lines stand before the block's own. */
  readonly offset: number;
}

/**
 * Blocks that quote a file which is compiled and run where it lies, and blocks with a reason not to
 * run, are no modules.
 */
export const isModule = (block: Block): boolean =>
  isProgram(block) && noteOf(block, 'from') === undefined && !isUnrun(block);

export const isUnrun = (block: Block): boolean =>
  unrun.some(({ page, contains }) => page === block.page && block.code.includes(contains));

const folder = fileURLToPath(new URL('../.blocks/', import.meta.url));

/**
 * Writes the modules of these blocks, and what lies beside them, into a folder of that name, which
 * is made anew.
 */
export function writeModules(name: string, blocks: readonly Block[]): Module[] {
  const place = join(folder, name);
  rmSync(place, { recursive: true, force: true });
  return blocks.filter(isModule).map((block) => {
    const path = pathOf(place, block);
    const { text, offset } = assemble(block);
    write(path, text);
    for (const note of block.notes)
      if (note.kind === 'beside') write(join(dirname(path), note.name), note.code);
    return { block, path, text, offset };
  });
}

/** Files of a guide lie as the reader lays them; every other block has a folder to itself. */
function pathOf(place: string, { page, line, language, file }: Block): string {
  const own = page.replace(/\.md$/, '').replaceAll('/', '-');
  return isGuide(page) && file !== null
    ? join(place, own, file)
    : join(place, own, `${line}`, file ?? `block.${extensionOf(language)}`);
}

const extensionOf = (language: string): string =>
  ({ typescript: 'ts', javascript: 'js' })[language] ?? language;

function assemble(block: Block): { text: string; offset: number } {
  const [before, after] = [noteOf(block, 'before')?.code ?? '', noteOf(block, 'after')?.code ?? ''];
  if (before === '' && after === '') return { text: `${block.code}\nexport {};\n`, offset: 0 };
  const head = `import '#stage';\n${before}\n`;
  return {
    text: `${head}${block.code}\n${after}\nexport {};\n`,
    offset: head.split('\n').length - 1,
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
