import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../bootstrap/paths.mjs';

/**
 * A fenced code block of a page, and what stands in comments right before it. Readers of the page
 * see the block alone.
 */
export interface Block {
  /** From the top of the repository: `docs/guides/node.md`. */
  readonly page: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  /** `ts`, `tsx`, `js`, `jsx`, `sh`, `text`, `json` … */
  readonly language: string;
  /** The file that a reader puts it into: "```ts file=main.ts". */
  readonly file: string | null;
  /** "```text output": what the commands before it print. */
  readonly isOutput: boolean;
  readonly code: string;
  readonly notes: readonly Note[];
}

/**
 * `<!-- before … -->`, `<!-- after … -->`, `<!-- beside session.ts … -->`, `<!-- from
 * examples/x/y.ts -->`, `<!-- serves -->`.
 */
export interface Note {
  readonly kind: 'before' | 'after' | 'beside' | 'from' | 'serves';
  /** A file, where the kind has one. */
  readonly name: string;
  readonly code: string;
}

export function readBlocks(page: string): Block[] {
  return parseBlocks(page, readFileSync(join(root, page), 'utf8'));
}

const fence = /^( *)(`{3,})(\S*) *(.*)$/;

export function parseBlocks(page: string, markdown: string): Block[] {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  let notes: Note[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, indent = '', ticks = '', language = '', info = ''] = fence.exec(line) ?? [];
    if (ticks !== '') {
      const end = lines.findIndex((other, i) => i > at && other.trim() === ticks);
      if (end === -1) throw new Error(`${page}:${at + 1}: a code block has no end.`);
      const code = lines
        .slice(at + 1, end)
        .map((each) => each.slice(indent.length))
        .join('\n');
      const file = /(?:^| )file=(\S+)/.exec(info)?.[1] ?? null;
      blocks.push({
        page,
        line: at + 2,
        language,
        file,
        isOutput: /(^| )output( |$)/.test(info),
        code,
        notes,
      });
      notes = [];
      at = end;
    } else if (line.trim().startsWith('<!--')) {
      const end = lines.findIndex((other, i) => i >= at && other.includes('-->'));
      const note = readNote(lines.slice(at, end + 1).join('\n'));
      if (note !== null) notes.push(note);
      at = end;
    } else if (line.trim() !== '') notes = [];
  }
  return blocks;
}

function readNote(comment: string): Note | null {
  const [, kind, name = '', code = ''] =
    /^<!-- (before|after|beside|from|serves)(?: ([^\n ]+))? ?\n?([\s\S]*?) ?-->/.exec(
      comment.trim(),
    ) ?? [];
  return kind === undefined ? null : { kind: kind as Note['kind'], name, code };
}

/** Languages of which every block must run. */
export const programs: readonly string[] = [
  'ts',
  'tsx',
  'js',
  'jsx',
  'mjs',
  'mts',
  'typescript',
  'javascript',
];
export const shells: readonly string[] = ['sh', 'bash', 'shell', 'console'];

export const isProgram = ({ language }: Block): boolean => programs.includes(language);
export const isShell = ({ language }: Block): boolean => shells.includes(language);
export const placeOf = ({ page, line }: Block): string => `${page}:${line}`;
export const noteOf = (block: Block, kind: Note['kind']): Note | undefined =>
  block.notes.find((note) => note.kind === kind);
